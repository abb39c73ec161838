internal import CConvKernels
import KernelLanguage
import Raster

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

/// Floats, with sums in single precision of bytes and in double precision of words.
struct RealLikeness: BilateralArithmetic {
  private let request: LikenessRequest<Bilateral>
  private let taps: BilateralTaps
  private let kernels: MicroKernels

  private var table: conv_local_table { kernels.table.pointee.local }
  private var isNarrow: Bool { request.input == .uint8 }

  init(_ request: LikenessRequest<Bilateral>, _ taps: BilateralTaps, _ kernels: MicroKernels) {
    self.request = request
    self.taps = taps
    self.kernels = kernels
  }

  var middle: Float { taps.space[taps.count / 2] * taps.similarity[0] }

  func take(
    _ samples: UnsafeRawPointer, count: Int, to planes: UnsafeMutablePointer<Float>, pitch: Int
  ) {
    (isNarrow ? table.color_planes_u8 : table.color_planes_u16)(
      samples, request.channels, request.colors, count, planes, pitch)
  }

  func weigh(
    _ pixels: UnsafePointer<Float>, _ others: UnsafePointer<Float>, pitch: Int, after index: Int,
    to weights: UnsafeMutablePointer<Float>, count: Int
  ) {
    taps.similarity.withUnsafeBufferPointer { similarity in
      table.similar(
        pixels, others, pitch, request.colors, taps.space[taps.count / 2 + 1 + index],
        similarity.baseAddress!, weights, count)
    }
  }

  func sum(_ row: BilateralRow<Float>, _ out: UnsafeMutableRawPointer) {
    taps.space.withUnsafeBufferPointer { space in
      taps.similarity.withUnsafeBufferPointer { similarity in
        var job = conv_bilateral(
          weights: row.weights, pixels: row.pixels, taps: taps.count, own: row.own,
          plane: row.pitch, colors: request.colors, space: space.baseAddress!,
          similarity: similarity.baseAddress!)
        (isNarrow ? table.bilateral_u8 : table.bilateral_u16)(
          &job, out, request.channels, row.count)
      }
    }
  }
}
