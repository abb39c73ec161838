import Raster

extension FilterJob {
  /// The jobs with targets, at 24 megapixels.
  static func targets(threads: Int) -> [FilterJob] {
    let format = rgb(6000, 4000)
    func job(
      _ name: String, _ kind: Kind, _ target: Double, _ format: PictureFormat = format
    ) -> FilterJob {
      FilterJob(
        group: "targets", name: name, kind: kind, format: format, threads: threads, target: target)
    }
    return [
      job("sharpen 3×3", sharpen, 1.5), job("arbitrary 5×5", arbitrary(5), 1.5),
      job("arbitrary 11×11", arbitrary(11), 2), job("arbitrary 31×31", arbitrary(31), 2),
      job("arbitrary 101×101", arbitrary(101), 2), job("arbitrary 301×301", arbitrary(301), 2),
      job("Gaussian 5×5 (1 4 6 4 1)", .binomial, 1.5),
      job("Gaussian 5×5, σ 1.1", .gaussian(size: 5, sigma: 1.1), 1.5),
      job("Gaussian σ 5", .gaussian(size: 0, sigma: 5), 2),
      job("Gaussian σ 20", .gaussian(size: 0, sigma: 20), 3),
      job("Gaussian σ 100", .gaussian(size: 0, sigma: 100), 3),
      job("box 15", .box(size: 15), 1.2), job("Sobel x to 16 bit", .sobel, 1.2),
    ] + neighbourhoods(threads: threads)
  }

  /// Those of windows that are no weighted sums, of other sizes, and unsharp masks, in colour and in gray.
  private static func neighbourhoods(threads: Int) -> [FilterJob] {
    let gray = PictureFormat(width: 6000, height: 4000, color: .gray, sample: .uint8)
    func job(
      _ name: String, _ kind: Kind, _ format: PictureFormat, peer: String = "OpenCV"
    ) -> FilterJob {
      FilterJob(
        group: "targets", name: name, kind: kind, format: format, threads: threads, target: 1.5,
        peer: peer)
    }
    func both(_ format: PictureFormat, _ mark: String) -> [FilterJob] {
      let stages = [
        ("erode", "erosion", [3, 5, 15, 31, 51]), ("dilate", "dilation", [3]),
        ("open", "opening", [5, 31]), ("close", "closing", [5]), ("gradient", "gradient", [3, 15]),
        ("tophat", "top hat", [5]),
      ].flatMap { name, title, sizes in
        sizes.map {
          job("\(title) \($0)×\($0)\(mark)", .morphology(name, shape: "box", size: $0), format)
        }
      }
      let shapes = [("erode", "erosion"), ("dilate", "dilation")].flatMap { name, title in
        [("disk", 5), ("disk", 15), ("cross", 3), ("cross", 15)].map { shape, size in
          job(
            "\(title), \(shape) \(size)\(mark)", .morphology(name, shape: shape, size: size), format
          )
        }
      }
      return [3, 5, 11, 31].map { job("median \($0)×\($0)\(mark)", .median(size: $0), format) }
        + stages + shapes
        + [5, 9].map { job("bilateral \($0)×\($0)\(mark)", .bilateral(size: $0), format) }
        + [1, 3].map { job("unsharp σ \($0)\(mark)", .unsharp(sigma: Double($0)), format) } + [
          job("Canny\(mark)", .canny, format),
          job("resize to 800, area\(mark)", .resize(width: 800, method: "area"), format),
          job(
            "resize to 800, Lanczos\(mark)", .resize(width: 800, method: "lanczos3"), format,
            peer: "Pillow"),
        ]
    }
    return both(rgb(6000, 4000), "") + both(gray, ", gray")
      + [3, 5, 11].map {
        job("rank 25 %, \($0)×\($0), gray", .rank(percent: 25, size: $0), gray, peer: "SciPy")
      } + [
        job("CLAHE, gray", .clahe, gray), job("non-local means, gray", .nonLocalMeans, gray),
        job("local normalisation 31×31, gray", .localNormalization(size: 31), gray),
      ]
  }

  /// How the cost grows with pixels, kernel size, channels, depth and threads.
  static func growth(threads: Int) -> [FilterJob] {
    var jobs: [FilterJob] = []
    func add(
      _ group: String, _ name: String, _ kind: Kind, _ format: PictureFormat, threads: Int
    ) {
      jobs.append(
        FilterJob(group: group, name: name, kind: kind, format: format, threads: threads))
    }
    for (name, format) in [
      ("1 MP", rgb(1200, 833)), ("6 MP", rgb(3000, 2000)), ("24 MP", rgb(6000, 4000)),
      ("100 MP", rgb(12000, 8333)), ("400 MP", rgb(24500, 16327)),
    ] {
      add("pixels, sharpen 3×3", name, sharpen, format, threads: threads)
      add("pixels, Gaussian σ 5", name, .gaussian(size: 0, sigma: 5), format, threads: threads)
    }
    let six = rgb(3000, 2000)
    for size in [3, 5, 7, 11, 15, 31, 51, 101] {
      add("kernel, arbitrary weights", "\(size)×\(size)", arbitrary(size), six, threads: threads)
    }
    for size in [3, 5, 15, 31, 51, 101] {
      add("kernel, box", "\(size)×\(size)", .box(size: size), six, threads: threads)
      add("kernel, maximum", "\(size)×\(size)", .maximum(size: size), six, threads: threads)
    }
    for sigma in [0.8, 2, 5, 10, 20, 50] {
      add(
        "kernel, Gaussian", "σ \(sigma)", .gaussian(size: 0, sigma: sigma), six, threads: threads)
    }
    for color in [ColorModel.gray, .rgb, .cmyk] {
      for sample in [SampleType.uint8, .uint16] {
        let format = PictureFormat(width: 3000, height: 2000, color: color, sample: sample)
        let name = "\(color.channels) × \(sample == .uint8 ? 8 : 16) bit"
        add("channels and depth, sharpen 3×3", name, sharpen, format, threads: threads)
        add(
          "channels and depth, Gaussian σ 5", name, .gaussian(size: 0, sigma: 5), format,
          threads: threads)
      }
    }
    for count in Set([1, threads]).sorted() {
      add("threads, sharpen 3×3", "\(count)", sharpen, rgb(6000, 4000), threads: count)
      add("threads, arbitrary 11×11", "\(count)", arbitrary(11), rgb(6000, 4000), threads: count)
    }
    return jobs
  }

  private static func rgb(_ width: Int, _ height: Int) -> PictureFormat {
    PictureFormat(width: width, height: height, color: .rgb, sample: .uint8)
  }

  private static let sharpen = Kind.correlate(
    width: 3, height: 3, taps: [0, -1, 0, -1, 5, -1, 0, -1, 0], divisor: 1)

  /// Weights from 1 to 99, of rank above 1.
  private static func arbitrary(_ size: Int) -> Kind {
    var state: UInt32 = 7
    let taps = (0..<size * size).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 8) % 99 + 1
    }
    return .correlate(width: size, height: size, taps: taps, divisor: taps.reduce(0, +))
  }
}
