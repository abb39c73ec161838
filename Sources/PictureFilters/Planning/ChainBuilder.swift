import KernelLanguage
import Raster

/// Plans the stages of a chain, with the conversions around them.
struct ChainBuilder {
  let input: PictureFormat
  let stages: [Stage]
  let options: FilterOptions

  struct Result {
    var stages: [any RowStage] = []
    var warnings: [FilterWarning] = []
    var spread: FilterPlan.Spread?
  }

  func build() throws(FilterError) -> Result {
    var result = Result()
    try checkChannels()
    try checkMeaning()
    let isInk = input.color == .cmyk
    if options.linear && isInk { result.warnings.append(.linearInk) }
    let linear = options.linear && !isInk && input.sample != .float32
    var format = input
    func add(_ stage: any RowStage) {
      result.stages.append(stage)
      format = stage.output
    }
    let wanted: SampleType =
      switch options.depth {
      case .keep: input.sample
      case .eight: .uint8
      case .sixteen: .uint16
      case .float: .float32
      }
    // Levels as numbers: nothing is rounded or clipped on the way.
    let isFree = wanted == .float32 && input.sample != .float32 && !linear
    if isFree { add(DepthStage(format, to: .float32)) }
    if linear {
      add(LightStage(decoding: format, fine: input.sample == .uint16 || wanted == .uint16))
    }
    let idle = idleOptions
    if !idle.isEmpty { result.warnings.append(.idle(options: idle)) }
    let targets = stages.targets
    // Of colours whose luma alone is filtered, a chain of two steps is one.
    let isSplit = options.channels != .luma
    let steps = stages.enumerated().flatMap { index, stage in
      (isSplit ? stage.steps(options) : [stage]).map {
        (stage: $0, isTarget: targets.contains(index))
      }
    }
    for (stage, isTarget) in steps {
      // The two passes of a formula take and yield the same depth, and so do changes.
      if format.sample == .uint8, wanted == .uint16, stage.operation.wantsWideInput {
        add(DepthStage(format, to: .uint16))
      }
      let builder = StageBuilder(
        options: options, stage: stage, input: format, isTarget: isTarget,
        widens: format.sample == .uint8 && wanted == .uint16 && stage.operation.canWiden,
        white: linear && format.sample == .float32
          ? LightStage.white : isFree ? input.sample.maximum : nil,
        clamps: !isFree,
        pictureTop: input.sample.maximum, isLight: linear, isWalked: true)
      try checkChannels(stage, format)
      result.warnings += builder.warnings.filter { !result.warnings.contains($0) }
      if isTarget, options.range == .auto, result.spread == nil,
        let spreading = try builder.spreading()
      {
        result.spread = FilterPlan.Spread(index: result.stages.count, stage: spreading)
        add(spreading)
      } else {
        try builder.steps().forEach(add)
      }
      if case .neighbourhood(.canny) = stage.operation {
        add(HysteresisStage(format, white: builder.fullIntensity))
      }
      let made = result.stages[result.stages.count - 1]
      let operations =
        made.operations * Double(made.output.samplesPerRow) * Double(made.output.height)
      if operations > FilterError.mostOperations {
        throw .tooMuchWork(stage: stage.name, operations: operations)
      }
    }
    if linear {
      add(LightStage(encoding: format, to: wanted))
    } else if format.sample != wanted || result.stages.isEmpty {
      add(DepthStage(format, to: wanted))
    }
    return result
  }

  /// The options, by their names on the command line, that were given and that no stage takes.
  private var idleOptions: [String] {
    if stages.isEmpty { return [] }
    var names: [String] = []
    if stages.targets.isEmpty {
      if options.scale != .asGiven { names.append("--scale") }
      if options.normalization != .none { names.append("--normalize") }
      if options.offset != .levels(0), options.offset != .percent(0) { names.append("--offset") }
      if options.range != .clamp { names.append("--range") }
    }
    let geometry = options.geometry
    if stages.allSatisfy({ !$0.operation.hasWindows }) {
      if (geometry.strideX ?? 1, geometry.strideY ?? 1) != (1, 1) { names.append("--stride") }
      if (geometry.dilationX ?? 1, geometry.dilationY ?? 1) != (1, 1) { names.append("--dilation") }
    }
    if geometry.padding != nil, stages.allSatisfy({ !$0.operation.takesPadding }) {
      names.append("--padding")
    }
    return names
  }

  private func checkChannels() throws(FilterError) {
    switch options.channels {
    case .all: break
    case .only(let channels):
      for channel in channels.sorted() where !(0..<input.color.channels).contains(channel) {
        throw .noSuchChannel(index: channel, channels: input.color.channels)
      }
    case .luma:
      if input.color == .cmyk { throw .noColor(what: "filtering the luma") }
    }
  }
}
