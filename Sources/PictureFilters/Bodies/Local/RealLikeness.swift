internal import CConvKernels
import KernelLanguage
import Raster

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
