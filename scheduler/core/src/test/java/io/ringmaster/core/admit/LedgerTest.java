package io.ringmaster.core.admit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.model.AccountState;
import io.ringmaster.core.model.FunctionState;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger();
  private final AccountState account = new AccountState("123456789012", 10);

  private FunctionState function(String name) {
    return new FunctionState(account, name, "arn:" + name);
  }

  @Test
  void reservedConcurrencyIsTakenFromTheRestAndLimitsTheFunction() {
    FunctionState reserved = function("reserved");
    FunctionState other = function("other");
    ledger.reserve(reserved, 4);
    for (int i = 0; i < 6; i++) {
      assertNull(ledger.charge(other));
    }
    assertSame(Ledger.ACCOUNT_USED_UP, ledger.charge(other));
    for (int i = 0; i < 4; i++) {
      assertNull(ledger.charge(reserved));
    }
    assertSame(Ledger.RESERVED_USED_UP, ledger.charge(reserved));
    ledger.release(reserved);
    assertNull(ledger.charge(reserved));
  }

  @Test
  void zeroSwitchesTheFunctionOff() {
    FunctionState off = function("off");
    ledger.reserve(off, 0);
    assertSame(Ledger.RESERVED_USED_UP, ledger.charge(off));
    ledger.reserve(off, -1);
    assertNull(ledger.charge(off));
  }

  @Test
  void theScalingRateIsKeptAndMustBePossible() {
    FunctionState function = function("f");
    ledger.scale(function, 1000);
    assertEquals(1000, function.scalingRate);
    assertThrows(IllegalArgumentException.class, () -> ledger.scale(function, 0));
    assertEquals(1000, function.scalingRate);
  }

  @Test
  void releasingMoreThanWasChargedIsABrokenInvariant() {
    FunctionState function = function("f");
    assertThrows(IllegalStateException.class, () -> ledger.release(function));
  }

  @Test
  void countsAgreeOverRandomChargesReleasesAndChangesOfReservation() {
    SplittableRandom random = new SplittableRandom(7);
    FunctionState[] functions = {function("a"), function("b"), function("c")};
    int[] charged = new int[3];
    for (int step = 0; step < 100_000; step++) {
      int i = random.nextInt(3);
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          int before = account.unreservedInUse;
          if (ledger.charge(functions[i]) == null) {
            charged[i]++;
            if (functions[i].reserved >= 0) {
              assertTrue(charged[i] <= functions[i].reserved);
            } else {
              assertTrue(before < account.limit - account.reserved);
            }
          }
        }
        case 2, 3 -> {
          if (charged[i] > 0) {
            ledger.release(functions[i]);
            charged[i]--;
          }
        }
        default -> ledger.reserve(functions[i], random.nextInt(-1, 4));
      }
      int inUse = charged[0] + charged[1] + charged[2];
      int unreserved = 0;
      int reserved = 0;
      for (int k = 0; k < 3; k++) {
        assertEquals(charged[k], functions[k].inUse);
        unreserved += functions[k].reserved < 0 ? charged[k] : 0;
        reserved += Math.max(0, functions[k].reserved);
      }
      assertEquals(inUse, account.inUse);
      assertEquals(unreserved, account.unreservedInUse);
      assertEquals(reserved, account.reserved);
    }
  }
}
