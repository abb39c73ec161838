import ConvEngine
import KernelLanguage
import PictureFilters
import Raster
import Text

/// A step of a chain as a page shows it: all options of the command line are its own.
struct ExploredStage {
  let stage: Stage
  let name: String
  private let kernels: [Kernel]
  private let geometry: JSON
  /// Added to the results of a set, in levels.
  private var offset = 0.0
  private let combination: Combination?

  /// The steps by which a page shows how a stage works; nil where it cannot.
  static func steps(_ stage: Stage, _ options: FilterOptions) -> [Stage]? {
    switch stage.operation {
    case .correlate, .combine, .pool: [stage]
    // The blurred copy keeps its fractions.
    case .unsharp(_, let amount, let threshold):
      amount.isFinite && threshold.isFinite ? [stage] : nil
    case .neighbourhood(.morphology(let kind, let element)):
      switch kind {
      case .erode, .dilate, .gradient: [stage]
      case .open, .close:
        // The second step of others has an anchor that no command line can say.
        element.width % 2 == 1 && element.height % 2 == 1 && options.anchor == nil
          ? stage.steps(options).map(\.namedByWork) : nil
      case .topHat, .blackHat: nil
      }
    case .neighbourhood(.rank): [stage]
    case .change, .neighbourhood: nil
    }
  }

  /// - Parameters:
  ///   - isTarget: whether scale, offset and range of the options act on it.
  ///   - top: the level of white.
  init(_ stage: Stage, _ options: FilterOptions, isTarget: Bool, top: Double) throws {
    self.stage = stage
    name = stage.name
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
    case .unsharp(let kernel, _, _):
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

  /// As the page's scripts read it.
  ///
  /// - Parameter anchor: of the options, for poolings.
  func json(anchor: Kernel.Anchor?) -> JSON {
    guard case .object(var members) = geometry else { return geometry }
    members += [
      ("name", .string(name)), ("offset", .string(shortest(offset))),
      ("combine", combination.map { .string($0.key) } ?? .null),
      ("kernels", .array(kernels.map(Self.json))),
    ]
    switch stage.operation {
    case .pool(let kind, let width, let height):
      members += [
        ("pool", .string("\(kind)")), ("width", .integer(width)), ("height", .integer(height)),
        ("anchor", [.integer(anchor?.x ?? width / 2), .integer(anchor?.y ?? height / 2)]),
      ]
    case .unsharp(_, let amount, let threshold):
      members.append(
        (
          "unsharp",
          ["amount": .string(shortest(amount)), "threshold": .string(shortest(threshold))]
        )
      )
    case .neighbourhood(let kind): members += Self.members(kind, anchor)
    default: break
    }
    return .object(members)
  }

  /// A kernel, its numbers as texts: a page computes with what was typed.
  static func json(_ kernel: Kernel) -> JSON {
    [
      "width": .integer(kernel.width), "height": .integer(kernel.height),
      "depth": .integer(kernel.depth),
      "taps": .array(kernel.taps.map { .string(shortest($0)) }),
      "scale": kernel.scale.map { .string(shortest($0)) } ?? .null,
      "offset": .string(shortest(kernel.offset)),
      "anchor": [.integer(kernel.origin.x), .integer(kernel.origin.y)],
    ]
  }

  /// What is picked from a window, and which of its samples are members.
  private static func members(_ kind: Neighbourhood, _ anchor: Kernel.Anchor?) -> [(String, JSON)] {
    let element = kind.element
    var members: [(String, JSON)] = [
      ("width", .integer(element.width)), ("height", .integer(element.height)),
      (
        "members",
        element.members.map { .array($0.map(JSON.bool)) } ?? .null
      ),
    ]
    let own = element.anchor ?? anchor
    members.append(
      (
        "anchor", [.integer(own?.x ?? element.width / 2), .integer(own?.y ?? element.height / 2)]
      ))
    switch kind {
    case .morphology(let kind, _): members.append(("pick", .string("\(kind)")))
    case .rank(.median, _): members.append(("pick", "median"))
    case .rank(.percent(let percent), _):
      members += [("pick", "rank"), ("percent", .string(shortest(percent)))]
    default: preconditionFailure("only extremes and ranks are explored")
    }
    return members
  }

  private static func extent(_ extent: PaddingExtent) -> JSON {
    switch extent {
    case .same, .full: .string(extent.name)
    case .explicit(let top, let left, let bottom, let right):
      .array([top, left, bottom, right].map(JSON.integer))
    }
  }
}

extension Stage {
  /// With the name of what it does behind that of the filter that it is a step of.
  fileprivate var namedByWork: Stage {
    guard case .neighbourhood(.morphology(let kind, _)) = operation else { return self }
    var stage = self
    stage.name += ": \(kind)"
    return stage
  }
}

extension Combination {
  /// As `combine=` of a specification names it.
  fileprivate var key: String {
    switch self {
    case .maximum: "max"
    case .minimum: "min"
    case .sum: "sum"
    case .magnitude: "l2"
    }
  }
}

extension Padding {
  /// Its name without values.
  fileprivate var kind: String {
    switch self {
    case .constant, .color: "constant"
    case .levels: "levels"
    default: name
    }
  }
}
