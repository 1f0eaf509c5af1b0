package io.ringmaster.lambdahttp;

import io.ringmaster.api.Owner;
import java.util.List;
import java.util.Map;

/**
 * Whose functions a request means: the account is the access key id where that is twelve digits,
 * the region that of the credential scope; else the server's own. Nothing is verified here.
 */
final class Owners {
  private static final String CREDENTIAL = "Credential=";
  private static final int ACCOUNT_LENGTH = 12;

  private final Owner standard;

  Owners(Owner standard) {
    this.standard = standard;
  }

  Owner of(String authorization, Map<String, List<String>> query) {
    if (authorization != null) {
      int begin = authorization.indexOf(CREDENTIAL);
      return begin < 0 ? standard : of(authorization, begin + CREDENTIAL.length());
    }
    List<String> presigned = query.get("X-Amz-Credential");
    return presigned == null ? standard : of(presigned.get(0), 0);
  }

  /** {@code KEY/DATE/REGION/SERVICE/aws4_request} from {@code begin} on. */
  private Owner of(String text, int begin) {
    int keyEnd = text.indexOf('/', begin);
    int dateEnd = keyEnd < 0 ? -1 : text.indexOf('/', keyEnd + 1);
    int regionEnd = dateEnd < 0 ? -1 : text.indexOf('/', dateEnd + 1);
    if (regionEnd < 0) {
      return standard;
    }
    boolean ownAccount = !account(text, begin, keyEnd);
    int regionLength = regionEnd - dateEnd - 1;
    boolean ownRegion =
        regionLength == standard.region().length()
            && text.startsWith(standard.region(), dateEnd + 1);
    if (ownRegion
        && (ownAccount || text.regionMatches(begin, standard.account(), 0, ACCOUNT_LENGTH))) {
      return standard;
    }
    String region = text.substring(dateEnd + 1, regionEnd);
    return new Owner(
        ownAccount ? standard.account() : text.substring(begin, keyEnd),
        Owner.isRegion(region) ? region : standard.region());
  }

  private static boolean account(String text, int begin, int end) {
    if (end - begin != ACCOUNT_LENGTH) {
      return false;
    }
    for (int i = begin; i < end; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
