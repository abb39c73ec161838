internal import CConvKernels
import KernelLanguage
import Raster

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bilateral filter with the weights of OpenCV's, in tables: results differ from OpenCV's by a
/// level at most, where its sums in other orders round otherwise.
struct BilateralBody: FilterBody {
  let kernels: MicroKernels
  let windowRows: Int
  let rowStride = 1
  let input: Element
  /// Samples of a pixel that make its colour, and all of them.
  let colors: Int
  let channels: Int
  private let taps: [(row: Int, column: Int)]
  private let space: [Float]
  /// By the difference of two pixels.
  private let similarity: [Float]

  init(
    _ kind: Bilateral, colors: Int, channels: Int, input: Element,
    kernels: MicroKernels = .current
  ) {
    self.kernels = kernels
    self.colors = colors
    self.channels = channels
    self.input = input
    windowRows = kind.size
    let radius = kind.size / 2
    var taps: [(row: Int, column: Int)] = []
    var space: [Float] = []
    let spaceFactor = -0.5 / (kind.sigmaSpace * kind.sigmaSpace)
    for y in -radius...radius {
      for x in -radius...radius {
        let distance = Double(y * y + x * x).squareRoot()
        if distance > Double(radius) { continue }
        taps.append((y + radius, x + radius))
        space.append(Float(exp(distance * distance * spaceFactor)))
      }
    }
    self.taps = taps
    self.space = space
    let colorFactor = -0.5 / (kind.sigmaColor * kind.sigmaColor)
    similarity = (0...colors * Int(input.top!)).map {
      Float(exp(Double($0) * Double($0) * colorFactor))
    }
  }

  var output: Element { input }
  var reachSamples: Int { (windowRows - 1) * channels }
  var preferredRows: Int { 16 }
  var summary: String { "\(taps.count) taps weighted by colour, \(kernels.name)" }

  func scratchBytes(rows: Int, width: Int) -> Int { 8 * taps.count }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    let table = kernels.table.pointee.ranks
    let pointers = scratch.bindMemory(to: UnsafeRawPointer?.self, capacity: taps.count)
    let size = self.input.byteCount
    let radius = windowRows / 2
    for row in 0..<rows {
      for (index, tap) in taps.enumerated() {
        pointers[index] = input[row + tap.row] + tap.column * channels * size
      }
      // Safety: rows hold `width + reachSamples` samples; whole pixels are written.
      (self.input == .uint8 ? table.bilateral_u8 : table.bilateral_u16)(
        pointers, space, taps.count, input[row + radius] + radius * channels * size, similarity,
        colors, channels, output[row], (width + channels - 1) / channels)
    }
  }
}
