extension Kernel {
  /// A kernel from a formula of the distances to its middle, x to the right and y down.
  static func sampled(
    width: Int, height: Int, scale: Double? = nil, title: String,
    _ formula: (_ x: Double, _ y: Double) -> Double
  ) throws(KernelError) -> Kernel {
    try checkSize(width: width, height: height)
    let (middleX, middleY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    var taps: [Double] = []
    taps.reserveCapacity(width * height)
    for y in 0..<height {
      for x in 0..<width { taps.append(formula(Double(x) - middleX, Double(y) - middleY)) }
    }
    return Kernel(width: width, height: height, taps: taps, scale: scale, title: title)
  }
}
