package io.ringmaster.core.dispatch;

/**
 * What streamed answers keep to.
 *
 * @param windowBytes told and not consumed by the caller, at most; ≥ 1
 * @param responseBytesMax longest streamed answer
 * @param freeBytes begin of an answer that goes as fast as it can
 * @param bytesPerSecond pace of the rest; 0: no limit
 */
public record StreamLimits(
    int windowBytes, long responseBytesMax, long freeBytes, long bytesPerSecond) {

  /** 256 KiB, AWS's 200 MiB, and no pace. */
  public static final StreamLimits DEFAULT = new StreamLimits(256 * 1024, 200L << 20, 6 << 20, 0);
}
