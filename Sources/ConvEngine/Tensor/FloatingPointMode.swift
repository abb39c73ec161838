internal import CConvKernels

/// How a thread treats numbers below the normal range.
public enum FloatingPointMode {
  /// Takes subnormal numbers for 0 on the calling thread: they are up to 40 times slower.
  ///
  /// Meant for `ThreadTeam(threads:onStart:)` and the main thread of a training.
  public static func flushSubnormals() { net_flush_subnormals() }
}
