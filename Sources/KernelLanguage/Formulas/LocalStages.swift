/// Filters whose weights depend on the picture.
enum LocalStages {
  static let normalization = NamedKernel(
    "localnorm", aliases: ["local-normalization", "stdif"],
    title: "Local normalisation: distance from the mean of the window, in its deviations",
    source: "vips stdif, G'MIC normalize_local",
    parameters: [
      KernelParameter("size", "31", "of the window, in samples, N or WxH"),
      KernelParameter("radius", "(size − 1)/2", "from the middle sample, in samples"),
      KernelParameter("mean", "50", "of the result, in per cent of full intensity"),
      KernelParameter("deviation", "20", "of the result, in per cent of full intensity"),
      KernelParameter("floor", "1", "smallest deviation that is divided by, in per cent (> 0)"),
    ],
    positional: [["size"]]
  ) { arguments throws(KernelError) in
    let window = try arguments.window() ?? (31, 31)
    return .neighbourhood(
      .localNormalization(
        LocalNormalization(
          width: window.width, height: window.height,
          mean: try arguments.nonNegative("mean") ?? 50,
          deviation: try arguments.nonNegative("deviation") ?? 20,
          floor: try arguments.positive("floor") ?? 1)))
  }

  static let bilateral = NamedKernel(
    "bilateral", aliases: ["bilateral-filter", "bilateral-blur"],
    title: "Bilateral: a Gaussian that stops at edges", source: "OpenCV bilateralFilter",
    parameters: [
      KernelParameter(
        "sigma-color", "25", "of differences, in levels of 8 bits, or per cent (> 0)"),
      KernelParameter("sigma-space", "3", "of distances, in samples (> 0)"),
      KernelParameter("size", "2·round(1.5·sigma-space) + 1", "of the window, in samples, odd"),
    ],
    positional: [["size"], ["size", "sigma-color", "sigma-space"]],
    keyAliases: ["d": "size", "sigmacolor": "sigma-color", "sigmaspace": "sigma-space"]
  ) { arguments throws(KernelError) in
    let space = try arguments.positive("sigma-space", most: "at most 300 samples") ?? 3
    let color = try arguments.byteLevels("sigma-color") ?? 25
    let size: Int
    if let given = try arguments.whole("size", in: 1...1001) {
      guard given % 2 == 1 else {
        throw .badValue(key: "size", value: "\(given)", expected: "an odd number")
      }
      size = given
    } else {
      guard space <= 300 else {
        throw .badValue(key: "sigma-space", value: shortest(space), expected: "at most 300 samples")
      }
      // Halves to the even number, as OpenCV rounds.
      size = 2 * max(1, Int((1.5 * space).rounded(.toNearestOrEven))) + 1
    }
    return .neighbourhood(
      .bilateral(Bilateral(size: size, sigmaColor: color, sigmaSpace: space)))
  }

  static let nonLocalMeans = NamedKernel(
    "nlmeans", aliases: ["non-local-means", "fast-nl-means-denoising", "denoise"],
    title: "Non-local means: noise goes, what recurs stays", source: "OpenCV fastNlMeansDenoising",
    parameters: [
      KernelParameter("strength", "3", "of the noise, in levels of 8 bits, or per cent (> 0)"),
      KernelParameter("template", "7", "side of the surroundings that are compared, odd"),
      KernelParameter("search", "21", "side of the window whose samples count, odd"),
    ],
    positional: [["strength"], ["strength", "template", "search"]],
    keyAliases: [
      "h": "strength", "templatewindowsize": "template", "searchwindowsize": "search",
    ]
  ) { arguments throws(KernelError) in
    func odd(_ key: String, _ standard: Int, _ range: ClosedRange<Int>) throws(KernelError) -> Int {
      guard let given = try arguments.whole(key, in: range) else { return standard }
      guard given % 2 == 1 else {
        throw .badValue(key: key, value: "\(given)", expected: "an odd number")
      }
      return given
    }
    return .neighbourhood(
      .nonLocalMeans(
        NonLocalMeans(
          strength: try arguments.byteLevels("strength") ?? 3,
          template: try odd("template", 7, 1...63), search: try odd("search", 21, 1...255))))
  }

  static let canny = NamedKernel(
    "canny", aliases: ["canny-edges"],
    title: "Canny: thin edges that hang together, white on black",
    source: "OpenCV Canny, 3×3 Sobel",
    parameters: [
      KernelParameter("low", "100", "gradient that goes on with an edge, in levels of 8 bits · 8"),
      KernelParameter("high", "200", "gradient that starts an edge"),
      KernelParameter("sigma", "0", "of a Gaussian before, in samples (0: none)"),
      KernelParameter("norm", "l1", "l1: |x| + |y|; l2: √(x² + y²)"),
    ],
    positional: [["low", "high"], ["low", "high", "sigma"]],
    keyAliases: ["threshold1": "low", "threshold2": "high"]
  ) { arguments throws(KernelError) in
    let (low, high) = (
      try arguments.nonNegative("low") ?? 100, try arguments.nonNegative("high") ?? 200
    )
    let sigma = try arguments.nonNegative("sigma", most: "at most 1000 samples") ?? 0
    guard sigma <= 1000 else {
      throw .badValue(key: "sigma", value: shortest(sigma), expected: "at most 1000 samples")
    }
    let norm = arguments["norm"]?.lowercased() ?? "l1"
    guard ["l1", "l2"].contains(norm) else {
      throw .badValue(key: "norm", value: norm, expected: "l1 or l2")
    }
    return .neighbourhood(
      .canny(
        Canny(low: min(low, high), high: max(low, high), sigma: sigma, isEuclidean: norm == "l2")))
  }

  static let clahe = NamedKernel(
    "clahe", aliases: ["adaptive-histogram", "equalize-adapthist"],
    title: "CLAHE: histograms of tiles made even, contrast limited", source: "OpenCV createCLAHE",
    parameters: [
      KernelParameter("clip", "40", "most samples of a level, in means of a tile (0: no limit)"),
      KernelParameter("tiles", "8", "across and down, N or WxH"),
    ],
    positional: [["clip"]]
  ) { arguments throws(KernelError) in
    let tiles = try arguments.size("tiles") ?? (8, 8)
    guard tiles.width <= 256, tiles.height <= 256 else {
      throw .badValue(
        key: "tiles", value: "\(tiles.width)x\(tiles.height)", expected: "at most 256 a side")
    }
    return .neighbourhood(
      .clahe(
        clip: try arguments.nonNegative("clip") ?? 40, columns: tiles.width, rows: tiles.height))
  }
}
