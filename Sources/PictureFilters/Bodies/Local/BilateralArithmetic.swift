/// Where the taps of a row lie.
struct BilateralRow<Cell> {
  /// Of each tap, where weights are held.
  let weights: UnsafeMutablePointer<UnsafePointer<Cell>?>?
  /// Of each tap, the first colour.
  let pixels: UnsafeMutablePointer<UnsafePointer<Cell>?>
  /// The first colour of the pixels themselves; the others lie `pitch` cells apart.
  let own: UnsafeMutablePointer<Cell>
  let pitch: Int
  let count: Int
}

/// What the colours and weights of a bilateral filter are counted in. Kernels go on for
/// `conv_local_slack` cells beyond the last pixel.
protocol BilateralArithmetic: Sendable {
  associatedtype Cell: BitwiseCopyable & Numeric

  /// The weight of the middle tap.
  var middle: Cell { get }

  /// The colours of some pixels, each in a plane of its own.
  func take(
    _ samples: UnsafeRawPointer, count: Int, to planes: UnsafeMutablePointer<Cell>, pitch: Int)

  /// The weights of pixels for others that a tap after the middle one sees.
  func weigh(
    _ pixels: UnsafePointer<Cell>, _ others: UnsafePointer<Cell>, pitch: Int, after index: Int,
    to weights: UnsafeMutablePointer<Cell>, count: Int)

  /// Weighted means of `count` pixels.
  func sum(_ row: BilateralRow<Cell>, _ out: UnsafeMutableRawPointer)
}
