import ConvEngine
import KernelLanguage
import Raster

extension StageBuilder {
  /// What is no weighted sum.
  func neighbourhood(_ kind: Neighbourhood) throws(FilterError) -> any RowStage {
    switch kind {
    case .morphology(let kind, let element): try morphology(kind, element)
    case .rank(let rank, let element): try ranked(rank, element)
    case .localNormalization(let kind): try localNormalization(kind)
    case .bilateral(let kind): try bilateral(kind)
    case .nonLocalMeans(let kind): try nonLocalMeans(kind)
    case .canny(let kind): try candidates(kind)
    case .clahe(let clip, let columns, let rows): try clahe(clip, columns, rows)
    case .unsharp(let kernel, let amount, .soft(let levels)):
      try realUnsharp(kernel, amount, levels, isSoft: true)
    case .unsharp(let kernel, let amount, .fraction(let fraction)):
      // What reaches the threshold exceeds the number before it.
      try input.sample == .float32
        ? realUnsharp(kernel, amount, (fraction / 2 * fullIntensity).nextDown)
        : unsharp(kernel, amount, max(0, (fraction / 2 * fullIntensity).nextDown))
    }
  }

  private func morphology(_ kind: Morphology, _ element: StructuringElement) throws(FilterError)
    -> any RowStage
  {
    switch kind {
    case .erode, .dilate:
      return try extremum(
        element, maximum: kind == .dilate, copies: copies(keepAlpha: options.alpha == .keep))
    case .open, .close: return try chained(stage.steps(options)).stage
    case .gradient:
      let axes = try axes(for: element)
      return DifferenceStage(
        plus: try extremum(element, maximum: true, copies: []),
        minus: try extremum(element, maximum: false, copies: []), input: input,
        output: outputFormat(axes), vertical: [axes.vertical], horizontal: [axes.horizontal],
        copies: copies(keepAlpha: options.alpha != .filter))
    case .topHat, .blackHat:
      var plain = self
      plain.options.channels = .all
      plain.options.alpha = .filter
      var smooth = stage
      smooth.operation = .neighbourhood(.morphology(kind == .topHat ? .open : .close, element))
      let made = try plain.chained(smooth.steps(options))
      let own = kind == .topHat
      return DifferenceStage(
        plus: own ? nil : made.stage, minus: own ? made.stage : nil, input: input,
        output: made.stage.output, vertical: made.axes.map(\.vertical),
        horizontal: made.axes.map(\.horizontal),
        copies: copies(keepAlpha: options.alpha != .filter))
    }
  }

  typealias Axes = (horizontal: WindowAxis, vertical: WindowAxis)

  private func chained(_ steps: [Stage]) throws(FilterError) -> (
    stage: ChainStage, axes: [Axes]
  ) {
    var made: [any RowStage] = []
    var axes: [Axes] = []
    for step in steps {
      let builder = StageBuilder(
        options: options, stage: step, input: made.last?.output ?? input, isTarget: false,
        widens: false, white: white)
      guard case .neighbourhood(let kind) = step.operation else {
        preconditionFailure("steps are neighbourhoods")
      }
      made.append(try builder.neighbourhood(kind))
      axes.append(try builder.axes(for: kind.element))
    }
    return (ChainStage(made), axes)
  }

  /// The same windows with taps no further apart than the picture tells them.
  func nearing(_ axes: Axes) -> Axes {
    (axes.horizontal.nearing(padding), axes.vertical.nearing(padding))
  }

  /// Where the windows of an element lie.
  func axes(for element: StructuringElement) throws(FilterError) -> (
    horizontal: WindowAxis, vertical: WindowAxis
  ) {
    try axes(
      width: element.width, height: element.height, anchor: element.anchor(options))
  }
}
