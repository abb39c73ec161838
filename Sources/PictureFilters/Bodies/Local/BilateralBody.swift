import KernelLanguage
import Raster

/// The bilateral filter with the weights of OpenCV's, in tables: results differ from OpenCV's by a
/// level at most, where sums in other orders, or in whole numbers, round otherwise.
struct BilateralBody: FilterBody {
  /// Of each there is code of its own.
  private enum Means {
    case whole(BilateralMeans<WholeLikeness>)
    case real(BilateralMeans<RealLikeness>)
  }

  private let request: LikenessRequest<Bilateral>
  private let means: Means
  let summary: String

  init(
    _ request: LikenessRequest<Bilateral>, by way: BilateralWay, kernels: MicroKernels
  ) throws(BodyRefusal) {
    self.request = request
    let taps = BilateralTaps(request)
    summary = "\(taps.count) taps weighted by colour, \(kernels.name)"
    let isWhole = request.input == .uint8 && taps.count <= WholeLikeness.mostTaps
    means =
      isWhole
      ? .whole(try BilateralMeans(request, taps, by: way, WholeLikeness(request, taps, kernels)))
      : .real(try BilateralMeans(request, taps, by: way, RealLikeness(request, taps, kernels)))
  }

  var input: Element { request.input }
  var output: Element { request.input }
  var windowRows: Int { request.kind.size }
  var rowStride: Int { 1 }
  var reachSamples: Int { (windowRows - 1) * request.channels }
  var preferredRows: Int { 64 }

  func scratchBytes(rows: Int, width: Int) -> Int {
    switch means {
    case .whole(let means): means.scratchBytes
    case .real(let means): means.scratchBytes
    }
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    switch means {
    case .whole(let means): means.run(input, output, rows: rows, width: width, scratch: scratch)
    case .real(let means): means.run(input, output, rows: rows, width: width, scratch: scratch)
    }
  }
}
