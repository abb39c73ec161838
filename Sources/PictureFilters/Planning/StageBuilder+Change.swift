import ConvEngine
import KernelLanguage
import Raster

extension StageBuilder {
  /// A stage that moves pixels or levels.
  func changed(_ change: PictureChange) throws(FilterError) -> any RowStage {
    switch change {
    case .resize(let resizing): return try resized(resizing)
    case .crop(let cropping):
      guard let part = cropping.part(width: input.width, height: input.height) else {
        throw .nothingLeft(stage: name, width: input.width, height: input.height)
      }
      return CropStage(input, columns: part.columns, rows: part.rows)
    case .extend(let margins): return try extended(margins)
    case .rotate(let quarters): return TurnStage(input, quarters == 2 ? .half : .quarter(quarters))
    case .flip(let horizontal): return TurnStage(input, .mirror(horizontal: horizontal))
    case .gray(let weights):
      if input.color == .cmyk { throw .noColor(what: name) }
      return input.color.colorChannels == 1
        ? DepthStage(input, to: input.sample) : GrayStage(input, weights: weights)
    case .invert:
      return LevelStage(
        input, channels: chosen, summary: "inverted", top: fullIntensity,
        cuts: white != nil && clamps
      ) { 1 - $0 }
    case .levels(let mapping): return try leveled(mapping)
    case .threshold(let level):
      let border = part(level)
      return LevelStage(
        input, channels: chosen, summary: "threshold \(shortest(border * 100))%", top: fullIntensity
      ) { $0 >= border ? 1 : 0 }
    }
  }

  /// A level as a part of full intensity.
  private func part(_ level: SampleLevel) -> Double {
    level.part(top: pictureTop ?? input.sample.maximum)
  }

  /// The channels whose levels are moved: those chosen, or all colours.
  private var chosen: [Int] {
    if case .only(let channels) = options.channels { return channels.sorted() }
    return Array(0..<input.color.colorChannels)
  }

  private func leveled(_ mapping: LevelMapping) throws(FilterError) -> any RowStage {
    let (black, white) = (part(mapping.black), part(mapping.white))
    guard black != white else {
      throw .unfit(
        stage: name, what: "black and white are the same level", advice: "give two levels")
    }
    let power = 1 / mapping.gamma
    return LevelStage(
      input, channels: chosen,
      summary: "levels \(shortest(black * 100))% to \(shortest(white * 100))%", top: fullIntensity
    ) { value in
      let inside = min(max((value - black) / (white - black), 0), 1)
      return power == 1 ? inside : LevelStage.power(inside, power)
    }
  }

  private func resized(_ resizing: Resizing) throws(FilterError) -> any RowStage {
    guard let sides = resizing.sides(width: input.width, height: input.height) else {
      throw .resultTooLarge(stage: name)
    }
    if sides.horizontal.isIdentity && sides.vertical.isIdentity {
      return DepthStage(input, to: input.sample)
    }
    guard let horizontal = ResizeWeights(sides.horizontal, resizing.method),
      let vertical = ResizeWeights(sides.vertical, resizing.method)
    else {
      throw .unfit(
        stage: name, what: "a side has too many pixels", advice: "use method=nearest")
    }
    let weighs = options.alpha == .auto || options.alpha == .premultiply
    return ResizeStage(
      input, horizontal: horizontal, vertical: vertical,
      isPremultiplied: input.color.hasAlpha && weighs && resizing.method != .nearest,
      white: input.sample == .float32 ? white : input.sample.maximum,
      method: resizing.method)
  }

  private func extended(_ margins: Margins) throws(FilterError) -> any RowStage {
    let own = stage.geometry.padding
    if let own, own == .valid || own == .truncate {
      throw .unfit(
        stage: name, what: "padding \(own.name) says not what stands around the picture",
        advice: "say zero, constant:V, replicate, reflect, reflect101 or wrap")
    }
    var padding = own ?? options.geometry.padding ?? .replicate
    if padding == .valid || padding == .truncate { padding = .replicate }
    let sides = (
      input.width + margins.left + margins.right, input.height + margins.top + margins.bottom
    )
    guard max(sides.0, sides.1) <= max(Resizing.longestSide, input.width, input.height) else {
      throw .resultTooLarge(stage: name)
    }
    return ExtendStage(input, margins: margins, padding: padding, fill: fill(padding))
  }

  /// One pixel of a constant, which is meant in levels of the picture that was read.
  private func fill(_ padding: Padding) -> [UInt8] {
    let levels = borderColor ?? [Double](repeating: 0, count: input.color.colorChannels)
    let values = levels.map { level in
      let part = part(.levels(level))
      return (isLight ? SRGBCurve.light(of: part) : part) * fullIntensity
    }
    guard input.sample == .float32 else { return fillPixel(values) }
    return (values + (input.color.hasAlpha ? [fullIntensity] : [])).flatMap { value in
      withUnsafeBytes(of: Float(value)) { Array($0) }
    }
  }
}
