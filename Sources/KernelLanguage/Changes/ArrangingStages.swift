import Text

/// Stages that move whole pixels.
enum ArrangingStages {
  static let all = [crop, extend, rotate, flip]

  private static let cropWords: NamedKernel.Words = { words, arguments throws(KernelError) in
    guard words.count == 1 else {
      throw .surplusValues(kernel: "crop", accepted: ["WxH+X+Y"])
    }
    for (key, value) in try geometry(words[0]) { try arguments.add(key, value) }
  }

  private static let crop = NamedKernel(
    "crop", title: "A part of the picture",
    source: "ImageMagick -crop and -gravity",
    parameters: [
      KernelParameter("width", "all", "of the part, in pixels; crop:WxH+X+Y says all four"),
      KernelParameter("height", "all", "of the part, in pixels"),
      KernelParameter("x", "0", "from the left, or from where gravity= says, in pixels"),
      KernelParameter("y", "0", "from the top, or from where gravity= says, in pixels"),
      KernelParameter(
        "gravity", "northwest", "center, north, southeast …: where x and y count from"),
    ],
    example: "1x1",
    words: cropWords
  ) { arguments throws(KernelError) in
    let range = 1...Resizing.longestSide
    let offsets = -Resizing.longestSide...Resizing.longestSide
    let (width, height) = (
      try arguments.whole("width", in: range), try arguments.whole("height", in: range)
    )
    let (x, y) = (try arguments.whole("x", in: offsets), try arguments.whole("y", in: offsets))
    if arguments.isEmpty { throw .missingValue(stage: "crop", example: "crop:800x600+10+20") }
    var gravity = try arguments.choice(
      "gravity", Cropping.Gravity.self, aliases: ["centre": .center, "middle": .center])
    if gravity == nil { gravity = .northWest }
    return .change(
      .crop(
        Cropping(width: width, height: height, x: x ?? 0, y: y ?? 0, gravity: gravity!)))
  }

  /// `WxH+X+Y`, `WxH`, `+X+Y`.
  private static func geometry(_ word: String) throws(KernelError) -> [(String, String)] {
    let head = word.prefix { $0 != "+" && $0 != "-" }
    var pairs: [(String, String)] = []
    var isWrong = false
    if !head.isEmpty {
      let sides = head.lowercased().split(separator: "x", omittingEmptySubsequences: false)
      isWrong = sides.count != 2
      pairs += zip(["width", "height"], sides).map { ($0, String($1)) }
    }
    var offsets: [String] = []
    for character in word[head.endIndex...] {
      if character == "+" || character == "-" {
        offsets.append(character == "-" ? "-" : "")
      } else {
        offsets[offsets.count - 1].append(character)
      }
    }
    isWrong = isWrong || offsets.count != 0 && offsets.count != 2
    pairs += zip(["x", "y"], offsets)
    guard !isWrong, !pairs.isEmpty, pairs.allSatisfy({ Int($0.1) != nil }) else {
      throw .badValue(key: "crop", value: word, expected: "WxH+X+Y, as in 800x600+10+20")
    }
    return pairs
  }

  private static let extendWords: NamedKernel.Words = { words, arguments throws(KernelError) in
    guard words.count == 1 || words.count == 4 else {
      throw .surplusValues(kernel: "extend", accepted: ["N", "left,top,right,bottom"])
    }
    for (index, key) in ["left", "top", "right", "bottom"].enumerated() {
      try arguments.add(key, words[words.count == 1 ? 0 : index])
    }
  }

  private static let extend = NamedKernel(
    "extend", aliases: ["pad"], title: "More pixels around the picture",
    source: "NumPy pad, OpenCV copyMakeBorder, vips embed",
    parameters: [
      KernelParameter("left", "0", "in pixels; extend:N adds N at every side"),
      KernelParameter("top", "0", "in pixels; extend:LEFT,TOP,RIGHT,BOTTOM says all four"),
      KernelParameter("right", "0", "in pixels"),
      KernelParameter("bottom", "0", "in pixels"),
      KernelParameter(
        "padding", "replicate", "zero, constant:V, replicate, reflect, reflect101 or wrap"),
    ],
    example: "1",
    words: extendWords
  ) { arguments throws(KernelError) in
    if arguments.isEmpty { throw .missingValue(stage: "extend", example: "extend:20") }
    func margin(_ key: String) throws(KernelError) -> Int {
      try arguments.whole(key, in: 0...Resizing.longestSide) ?? 0
    }
    return .change(
      .extend(
        Margins(
          left: try margin("left"), top: try margin("top"), right: try margin("right"),
          bottom: try margin("bottom"))))
  }

  private static let rotate = NamedKernel(
    "rotate", title: "Turned clockwise by right angles",
    source: "ImageMagick -rotate, jpegtran -rotate",
    parameters: [KernelParameter("angle", "90", "clockwise, in degrees: 90, 180 or 270")],
    words: NamedKernel.word("rotate", "angle")
  ) { arguments throws(KernelError) in
    switch arguments["angle"] ?? "90" {
    case "90", "-270": return .change(.rotate(quarters: 1))
    case "180", "-180": return .change(.rotate(quarters: 2))
    case "270", "-90": return .change(.rotate(quarters: 3))
    case let other:
      throw .badValue(key: "angle", value: other, expected: "90, 180 or 270 degrees, clockwise")
    }
  }

  private static let flip = NamedKernel(
    "flip", aliases: ["mirror"], title: "Mirrored, left to right or top to bottom",
    source: "jpegtran -flip, vips flip; ImageMagick -flop and -flip",
    parameters: [
      KernelParameter(
        "direction", "–", "horizontal (left and right change places) or vertical (top and bottom)")
    ],
    example: "horizontal",
    words: NamedKernel.word("flip", "direction")
  ) { arguments throws(KernelError) in
    guard let text = arguments["direction"] else {
      throw .missingValue(stage: "flip", example: "flip:horizontal or flip:vertical")
    }
    switch text.lowercased() {
    case "horizontal", "h", "x": return .change(.flip(horizontal: true))
    case "vertical", "v", "y": return .change(.flip(horizontal: false))
    default: throw .badValue(key: "direction", value: text, expected: "horizontal or vertical")
    }
  }
}
