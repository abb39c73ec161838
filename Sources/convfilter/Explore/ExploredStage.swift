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

  /// Whether a page can show how it works: weighted sums and poolings.
  static func isExplorable(_ stage: Stage) -> Bool {
    switch stage.operation {
    case .correlate, .combine, .pool: true
    case .unsharp, .change, .neighbourhood: false
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
    case .unsharp, .change, .neighbourhood:
      preconditionFailure("only weighted sums and poolings are explored")
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
    if case .pool(let kind, let width, let height) = stage.operation {
      members += [
        ("pool", .string("\(kind)")), ("width", .integer(width)), ("height", .integer(height)),
        ("anchor", [.integer(anchor?.x ?? width / 2), .integer(anchor?.y ?? height / 2)]),
      ]
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

  private static func extent(_ extent: PaddingExtent) -> JSON {
    switch extent {
    case .same, .full: .string(extent.name)
    case .explicit(let top, let left, let bottom, let right):
      .array([top, left, bottom, right].map(JSON.integer))
    }
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
