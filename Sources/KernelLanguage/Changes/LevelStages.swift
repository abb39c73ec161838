import Text

/// Stages that look at one pixel at a time.
enum LevelStages {
  static let all = [gray, invert, levels, threshold]

  private static let gray = NamedKernel(
    "gray", aliases: ["grey", "grayscale", "greyscale"], title: "Brightness instead of colours",
    source: "Pillow convert('L'), ITU-R BT.601-7, BT.709-6",
    parameters: [
      KernelParameter(
        "weights", "601", "601: 0.299 R + 0.587 G + 0.114 B; 709: 0.2126 R + 0.7152 G + 0.0722 B")
    ],
    words: NamedKernel.word("gray", "weights")
  ) { arguments throws(KernelError) in
    switch arguments["weights"]?.lowercased() {
    case nil, "601", "rec601", "bt601": return .change(.gray(.rec601))
    case "709", "rec709", "bt709": return .change(.gray(.rec709))
    case let other?: throw .badValue(key: "weights", value: other, expected: "601 or 709")
    }
  }

  private static let invert = NamedKernel(
    "invert", aliases: ["negate", "negative"], title: "Full intensity minus each sample",
    source: "Pillow ImageOps.invert, ImageMagick -negate"
  ) { _ throws(KernelError) in .change(.invert) }

  private static let levelsWords: NamedKernel.Words = { words, arguments throws(KernelError) in
    guard words.count <= 3 else {
      throw .surplusValues(kernel: "levels", accepted: ["black,white", "black,white,gamma"])
    }
    for (key, word) in zip(["black", "white", "gamma"], words) { try arguments.add(key, word) }
  }

  private static let levels = NamedKernel(
    "levels", aliases: ["level"], title: "Two levels become black and white",
    source: "ImageMagick -level",
    parameters: [
      KernelParameter("black", "0", "becomes 0: levels of the input, or per cent; levels:10%,90%"),
      KernelParameter("white", "100%", "becomes full intensity: levels of the input, or per cent"),
      KernelParameter("gamma", "1", "above 1 brightens what lies between (> 0)"),
    ],
    words: levelsWords
  ) { arguments throws(KernelError) in
    let black = try arguments.level("black") ?? .levels(0)
    let white = try arguments.level("white") ?? .percent(100)
    if black == white {
      throw .badValue(
        key: "white", value: arguments["white"] ?? "100%", expected: "another level than black's")
    }
    return .change(
      .levels(
        LevelMapping(black: black, white: white, gamma: try arguments.positive("gamma") ?? 1)))
  }

  private static let threshold = NamedKernel(
    "threshold", aliases: ["binarize"], title: "White from a level on, black below",
    source: "ImageMagick -threshold, vips relational moreeq",
    parameters: [
      KernelParameter("level", "50%", "levels of the input, or per cent; threshold:128")
    ],
    words: NamedKernel.word("threshold", "level")
  ) { arguments throws(KernelError) in
    .change(.threshold(try arguments.level("level") ?? .percent(50)))
  }
}
