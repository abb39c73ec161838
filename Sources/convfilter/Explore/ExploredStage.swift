import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import Text

/// A step of a chain as a page shows it: all options of the command line are its own.
struct ExploredStage {
  let step: Step
  let name: String
  let kernels: [Kernel]
  let geometry: JSON
  /// Added to the results of a set, in levels.
  private(set) var offset = 0.0
  let combination: Combination?

  /// - Parameters:
  ///   - isTarget: whether scale, offset and range of the options act on it.
  ///   - top: the level of white.
  init(_ step: Step, _ options: FilterOptions, isTarget: Bool, top: Double) throws {
    let stage = step.stage
    self.step = step
    name = step.name
    var offset = 0.0
    if isTarget {
      switch options.offset {
      case .levels(let levels): offset = levels
      case .percent(let percent): offset = percent / 100 * top
      }
    }
    func settled(_ kernel: Kernel) throws -> Kernel {
      var kernel = kernel.oriented(options)
      if let white = kernel.offsetWhite {
        kernel.offset *= top / white
        kernel.offsetWhite = nil
      }
      guard isTarget else { return kernel }
      let scale = try KernelScale(
        kernel, scale: options.scale, normalization: options.normalization, stage: stage.name)
      let isPlain = options.scale == .asGiven && options.normalization == .none
      var weighted = scale.weighted(kernel)
      if !isPlain { weighted.scale = scale.divisor(kernel) }
      return weighted
    }
    let standard: Padding
    var usual = (x: 1, y: 1)
    switch stage.operation {
    case .correlate(let kernel):
      standard = .replicate
      // A layer's bias belongs to the result whose magnitude is asked for.
      let isSet = isTarget && options.range == .absolute && kernel.offsetWhite != nil
      var own = try settled(kernel)
      if !isSet {
        own.offset += offset
        offset = 0
      }
      kernels = [own]
      combination = isSet ? .sum : nil
    case .combine(let members, let how):
      standard = .replicate
      kernels = try members.map(settled)
      combination = how
    case .pool(_, let width, let height):
      standard = .valid
      usual = (width, height)
      kernels = []
      combination = nil
    case .unsharp(let kernel, _, _), .neighbourhood(.unsharp(let kernel, _, _)):
      standard = .replicate
      kernels = [kernel.oriented(options)]
      combination = nil
    case .neighbourhood(let kind):
      standard = kind.standardPadding
      kernels = []
      combination = nil
    case .change: preconditionFailure("what has no windows is not explored")
    }
    self.offset = offset
    guard step.work?.isPlaced ?? true else {
      geometry = Self.unplaced
      return
    }
    let (own, common) = (stage.geometry, options.geometry)
    let padding = own.padding ?? common.padding ?? standard
    let wanted = own.padding == nil ? own.extent ?? common.extent : own.extent
    let values: [Double] =
      switch padding {
      case .constant(let value): [value]
      case .color(let values), .levels(let values): values
      default: []
      }
    geometry = [
      "stride": [
        .integer(own.strideX ?? common.strideX ?? usual.x),
        .integer(own.strideY ?? common.strideY ?? usual.y),
      ],
      "dilation": [
        .integer(own.dilationX ?? common.dilationX ?? 1),
        .integer(own.dilationY ?? common.dilationY ?? 1),
      ],
      "padding": .string(padding.kind),
      "values": .array(values.map(JSON.number)),
      "extent": padding.isPadded ? wanted.map(Self.extent) ?? .null : .null,
    ]
  }
}
