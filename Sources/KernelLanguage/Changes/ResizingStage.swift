import Text

/// Resizing by name: `resize:800x600`, `resize:50%`, `resize:longest=1600`.
enum ResizingStage {
  static let resize = named(
    "resize", aliases: ["scale", "resample"], title: "Another size",
    source: "Pillow Image.resize (weights); ImageMagick -resize (the side that follows from the "
      + "other is rounded to the nearest pixel, ½ up)", isThumbnail: false)

  static let thumbnail = named(
    "thumbnail", aliases: ["thumb"],
    title: "Another size, with less detail read from a JPEG",
    source: "vipsthumbnail, Pillow Image.thumbnail; of a JPEG 1/2, 1/4 or 1/8 is decoded, but at "
      + "least twice the size along either side; all of it with --linear", isThumbnail: true)

  private static func named(
    _ name: String, aliases: [String], title: String, source: String, isThumbnail: Bool
  ) -> NamedKernel {
    NamedKernel(
      name, aliases: aliases, title: title, source: source,
      parameters: [
        KernelParameter("width", "–", "in pixels; alone it keeps the shape; resize:800"),
        KernelParameter("height", "–", "in pixels; with both, fit= says how; resize:800x600"),
        KernelParameter(
          "scale", "–", "of both sides, a factor or per cent; resize:50% or resize:0.5"),
        KernelParameter("longest", "–", "the longer side, in pixels"),
        KernelParameter("shortest", "–", "the shorter side, in pixels"),
        KernelParameter("fit", "inside", "inside, outside, fill or cover (cut from the middle)"),
        KernelParameter("enlarge", "no", "yes, or no to keep a smaller picture as it is"),
        KernelParameter(
          "method", "lanczos3", "nearest, bilinear, mitchell, catmull-rom, lanczos3 or area"),
      ],
      example: "50%", words: words
    ) { arguments throws(KernelError) in
      .change(.resize(try resizing(arguments, stage: name, isThumbnail: isThumbnail)))
    }
  }

  /// `800`, `800x600`, `x600`, `50%`; ImageMagick's `^` is fit=outside, its `!` fit=fill.
  private static let words: NamedKernel.Words = { words, arguments throws(KernelError) in
    guard words.count == 1, var word = words.first else {
      throw .surplusValues(kernel: "resize", accepted: ["width", "widthxheight", "scale%"])
    }
    if word.hasSuffix("^") {
      try arguments.add("fit", "outside")
      word.removeLast()
    } else if word.hasSuffix("!") {
      try arguments.add("fit", "fill")
      word.removeLast()
    }
    if word.hasSuffix("%") || word.contains(".") && decimal(word) != nil {
      try arguments.add("scale", word)
      return
    }
    let sides = word.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    guard sides.count <= 2, sides.contains(where: { !$0.isEmpty }) else {
      throw .badValue(
        key: "size", value: word, expected: "a width, WxH or a per cent, as in 800x600")
    }
    for (key, side) in zip(["width", "height"], sides) where !side.isEmpty {
      try arguments.add(key, String(side))
    }
  }

  private static func resizing(
    _ arguments: SpecKeys, stage: String, isThumbnail: Bool
  ) throws(KernelError) -> Resizing {
    let range = 1...Resizing.longestSide
    let width = try arguments.whole("width", in: range)
    let height = try arguments.whole("height", in: range)
    var sizes: [Resizing.Size] = []
    if width != nil || height != nil { sizes.append(.sides(width: width, height: height)) }
    if let side = try arguments.whole("longest", in: range) { sizes.append(.longest(side)) }
    if let side = try arguments.whole("shortest", in: range) { sizes.append(.shortest(side)) }
    if let factor = try factor(arguments) { sizes.append(.factor(factor)) }
    guard sizes.count == 1 else {
      throw .notOneSize(stage: stage, count: sizes.count)
    }
    let fit = try arguments.choice("fit", Resizing.Fit.self)
    if let fit, width == nil || height == nil {
      throw .badValue(
        key: "fit", value: fit.rawValue, expected: "a width and a height beside it, as in 800x600")
    }
    return Resizing(
      sizes[0], fit: fit ?? .inside, method: try method(arguments) ?? .lanczos3,
      enlarges: try arguments.flag("enlarge") ?? false, isThumbnail: isThumbnail)
  }

  private static func factor(_ arguments: SpecKeys) throws(KernelError) -> Double? {
    guard let text = arguments["scale"] else { return nil }
    let isPercent = text.hasSuffix("%")
    guard let value = decimal(isPercent ? String(text.dropLast()) : text), value > 0, value <= 1e9
    else {
      throw .badValue(
        key: "scale", value: text, expected: "a factor or a per cent above 0, as in 50%")
    }
    return isPercent ? value / 100 : value
  }

  private static func method(_ arguments: SpecKeys) throws(KernelError) -> ResizingMethod? {
    switch arguments["method"]?.lowercased() {
    case "cubic", "bicubic": return .catmullRom
    case "lanczos": return .lanczos3
    case "box": return .area
    case "linear", "triangle": return .bilinear
    default: return try arguments.choice("method", ResizingMethod.self)
    }
  }
}
