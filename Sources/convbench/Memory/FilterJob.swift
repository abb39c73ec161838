import KernelLanguage
import PictureFilters
import Raster

/// A filter that we and rivals can do, on pictures of one shape.
struct FilterJob {
  /// How rivals are told.
  enum Kind {
    case correlate(width: Int, height: Int, taps: [Int], divisor: Int)
    /// `size` 0: as long as sigma asks for.
    case gaussian(size: Int, sigma: Double)
    /// 1 4 6 4 1 both ways: OpenCV's Gaussian of size 5 without a sigma.
    case binomial
    case box(size: Int)
    case maximum(size: Int)
    case median(size: Int)
    /// A stage of gray levels by its name, with a window of this shape.
    case morphology(String, shape: String, size: Int)
    case rank(percent: Int, size: Int)
    /// By a Gaussian as long as sigma asks for, in full.
    case unsharp(sigma: Double)
    case resize(width: Int, method: String)
    /// Horizontal Sobel to 16 bits, signed.
    case sobel
    /// Distances of up to `size` / 2, differences as usual.
    case bilateral(size: Int)
    case localNormalization(size: Int)
    case canny
    case clahe
    case nonLocalMeans
  }

  var group: String
  var name: String
  var kind: Kind
  var format: PictureFormat
  var threads: Int
  /// The ratio to the peer that is asked for, or nil.
  var target: Double?
  /// The rival whose result must be ours: the fastest that does the same.
  var peer = "OpenCV"

  /// A line of JSON.
  var request: String {
    switch kind {
    case .correlate(let width, let height, let taps, let divisor):
      #"{"kind":"correlate","width":\#(width),"height":\#(height),"divisor":\#(divisor),"#
        + #""taps":[\#(taps.map(String.init).joined(separator: ","))]}"#
    case .gaussian(let size, let sigma):
      #"{"kind":"gaussian","size":\#(size),"sigma":\#(sigma)}"#
    case .binomial: #"{"kind":"gaussian","size":5,"sigma":0}"#
    case .box(let size): #"{"kind":"box","size":\#(size)}"#
    case .maximum(let size): #"{"kind":"maximum","size":\#(size)}"#
    case .median(let size): #"{"kind":"median","size":\#(size)}"#
    case .morphology(let name, let shape, let size):
      #"{"kind":"morphology","name":"\#(name)","shape":"\#(shape)","size":\#(size)}"#
    case .rank(let percent, let size): #"{"kind":"rank","percent":\#(percent),"size":\#(size)}"#
    case .unsharp(let sigma):
      #"{"kind":"unsharp","size":\#(2 * Int(4 * sigma + 0.5) + 1),"sigma":\#(sigma)}"#
    case .resize(let width, let method):
      #"{"kind":"resize","width":\#(width),"method":"\#(method)"}"#
    case .sobel: #"{"kind":"sobel"}"#
    case .bilateral(let size): #"{"kind":"bilateral","size":\#(size)}"#
    case .localNormalization(let size): #"{"kind":"localnorm","size":\#(size)}"#
    case .canny: #"{"kind":"canny"}"#
    case .clahe: #"{"kind":"clahe"}"#
    case .nonLocalMeans: #"{"kind":"nlmeans"}"#
    }
  }

  /// What we run.
  func plan() throws -> FilterPlan {
    var options = FilterOptions()
    options.geometry.padding = .replicate
    let stage: Stage
    switch kind {
    case .correlate(let width, let height, let taps, let divisor):
      let kernel = Kernel(
        width: width, height: height, taps: taps.map(Double.init), scale: Double(divisor))
      stage = Stage(.correlate(kernel), name: name)
    case .gaussian(let size, let sigma):
      stage = try KernelSpec.parse(size > 0 ? "gaussian:size=\(size)" : "gaussian:sigma=\(sigma)")
    case .binomial:
      let row = [1, 4, 6, 4, 1]
      let kernel = Kernel(
        width: 5, height: 5, taps: row.flatMap { a in row.map { Double(a * $0) } }, scale: 256)
      stage = Stage(.correlate(kernel), name: name)
    case .box(let size): stage = try KernelSpec.parse("box:size=\(size)")
    case .maximum(let size):
      stage = Stage(
        .pool(.maximum, width: size, height: size),
        geometry: StageGeometry(strideX: 1, strideY: 1, padding: .replicate), name: name)
    case .median(let size): stage = try KernelSpec.parse("median:size=\(size)")
    case .morphology(let name, let shape, let size):
      // Beyond the border nothing counts, here and there.
      options.geometry.padding = nil
      stage = try KernelSpec.parse("\(name):size=\(size),shape=\(shape)")
    case .rank(let percent, let size):
      stage = try KernelSpec.parse("rank:percent=\(percent),size=\(size)")
    case .unsharp(let sigma): stage = try KernelSpec.parse("unsharp:sigma=\(sigma)")
    case .resize(let width, let method):
      stage = try KernelSpec.parse("resize:width=\(width),method=\(method)")
    case .bilateral(let size):
      stage = try KernelSpec.parse("bilateral:size=\(size),sigma-color=25,sigma-space=3")
    case .localNormalization(let size): stage = try KernelSpec.parse("localnorm:size=\(size)")
    case .canny: stage = try KernelSpec.parse("canny:low=100,high=200")
    case .nonLocalMeans:
      stage = try KernelSpec.parse("nlmeans:strength=10,padding=reflect101")
    case .clahe: stage = try KernelSpec.parse("clahe:clip=40,tiles=8")
    case .sobel:
      stage = try KernelSpec.parse("sobel-x")
      options.scale = .value(8)
      options.depth = .sixteen
      options.range = .offset
    }
    return try FilterPlan(input: format, stages: [stage], options: options)
  }

  /// The largest difference between our samples and the rival's, in levels.
  ///
  /// Sobel: ours is 257/8 of the signed result and 128 · 257; the rival's is the result.
  func difference(_ ours: Picture, _ rival: [UInt8]) -> Double {
    let count = ours.format.samplesPerRow
    var worst = 0.0
    for y in 0..<ours.format.height {
      let row = UnsafeRawPointer(ours.row(y))
      for x in 0..<count {
        let at = y * count + x
        switch (kind, ours.format.sample) {
        case (.sobel, _):
          let theirs = Int16(truncatingIfNeeded: Int(rival[2 * at]) | Int(rival[2 * at + 1]) << 8)
          let own = Double(row.load(fromByteOffset: 2 * x, as: UInt16.self))
          worst = max(worst, abs((own - 32896) * 8 / 257 - Double(theirs)))
        case (_, .uint16):
          let theirs = Int(rival[2 * at]) | Int(rival[2 * at + 1]) << 8
          let own = Int(row.load(fromByteOffset: 2 * x, as: UInt16.self))
          worst = max(worst, Double(abs(own - theirs)))
        default:
          let own = Int(row.load(fromByteOffset: x, as: UInt8.self))
          worst = max(worst, Double(abs(own - Int(rival[at]))))
        }
      }
    }
    return worst
  }
}
