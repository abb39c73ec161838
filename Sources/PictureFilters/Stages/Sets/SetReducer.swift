/// Combines the results of several kernels on the same picture: the sums of one kernel after the other
/// are taken into a line, so that they stay in the cache, and the last ones finish the row.
///
/// Which reducer a set has is decided once, when it is planned.
protocol SetReducer: Sendable {
  /// Bytes of a line for each sample; 0 where the sums of the first kernel are the line.
  var lineBytes: Int { get }

  /// Takes a row of plain sums of one kernel; they may be overwritten.
  func take(_ sums: UnsafeMutableRawPointer, _ step: SetStep)
}

/// One row of one kernel.
struct SetStep {
  /// The kernel's place in the set.
  var member: Int
  var isLast: Bool
  /// The row of the output.
  var row: Int
  /// Samples of a row that are results.
  var count: Int
  /// What the kernels before have made of the row.
  var line: UnsafeMutableRawPointer
  /// As many bytes as a line, of any content.
  var spare: UnsafeMutableRawPointer
  /// Where the finished row goes.
  var output: UnsafeMutableRawPointer
}
