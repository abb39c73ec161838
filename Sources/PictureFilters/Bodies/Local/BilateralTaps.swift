import KernelLanguage
import Libc

/// The taps of a bilateral filter, in reading order: the one after the middle by n is opposite the one
/// before it by n.
struct BilateralTaps {
  /// Places in the window.
  private(set) var all: [(row: Int, column: Int)] = []
  /// Their weights by distance: 1 in the middle.
  private(set) var space: [Float] = []
  /// Weights by the sum of the differences of two pixels.
  let similarity: [Float]
  let radius: Int
  /// Those of each row of the window.
  private(set) var rows: [Range<Int>] = []

  var count: Int { all.count }

  /// How far below the middle one each tap after it lies.
  var rowsBelow: [Int] { all[(count / 2 + 1)...].map { $0.row - radius } }

  init(_ request: LikenessRequest<Bilateral>) {
    let kind = request.kind
    radius = kind.size / 2
    // Finite, however small σ is: nothing is as near as a pixel to itself.
    func factor(_ sigma: Double) -> Double { -0.5 / max(sigma * sigma, .leastNormalMagnitude) }
    let spaceFactor = factor(kind.sigmaSpace)
    for y in -radius...radius {
      let start = all.count
      for x in -radius...radius {
        let distance = Double(y * y + x * x).squareRoot()
        if distance > Double(radius) { continue }
        all.append((y + radius, x + radius))
        space.append(Float(exp(distance * distance * spaceFactor)))
      }
      rows.append(start..<all.count)
    }
    let colorFactor = factor(kind.sigmaColor)
    similarity = (0...request.colors * Int(request.input.top!)).map {
      Float(exp(Double($0) * Double($0) * colorFactor))
    }
  }
}
