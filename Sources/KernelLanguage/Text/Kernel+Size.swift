extension Kernel {
  /// 128 MB of weights; kernels given by factors may be larger.
  static let tapLimit = 1 << 24

  static func checkSize(width: Int, height: Int, depth: Int = 1) throws(KernelError) {
    let (plane, one) = width.multipliedReportingOverflow(by: height)
    let (count, two) = plane.multipliedReportingOverflow(by: depth)
    guard !one, !two, count <= tapLimit else {
      throw .tooLarge(width: width, height: height, depth: depth, limit: tapLimit)
    }
  }
}
