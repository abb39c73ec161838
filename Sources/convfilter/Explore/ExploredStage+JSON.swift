import ConvEngine
import KernelLanguage
import Text

extension ExploredStage {
  /// As the page's scripts read it.
  ///
  /// - Parameter anchor: of the options, for poolings.
  func json(anchor: Kernel.Anchor?) -> JSON {
    guard case .object(var members) = geometry else { return geometry }
    members += [
      ("name", .string(name)), ("offset", .string(shortest(offset))),
      ("combine", combination.map { .string($0.key) } ?? .null),
      ("kernels", .array(kernels.map(Self.json))),
      (
        "link",
        step.link.map { ["name": .string($0.name), "part": .integer($0.part)] } ?? .null
      ),
    ]
    if let work = step.work { members.append(("work", .string(work.rawValue))) }
    switch step.stage.operation {
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
    case .neighbourhood(.unsharp(_, let amount, .fraction(let fraction))):
      members.append(
        ("unsharp", ["amount": .string(shortest(amount)), "fraction": .string(shortest(fraction))]))
    case .neighbourhood(let kind): members += self.members(kind, anchor)
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

  /// The window of what is no weighted sum, which of its samples are members, and what is made of them.
  private func members(_ kind: Neighbourhood, _ anchor: Kernel.Anchor?) -> [(String, JSON)] {
    let element = window(kind)
    var own = element.anchor ?? anchor
    if case .bilateral = kind { own = nil }
    if step.work.map({ !$0.isPlaced }) ?? false { own = nil }
    return [
      ("width", .integer(element.width)), ("height", .integer(element.height)),
      ("members", element.members.map { .array($0.map(JSON.bool)) } ?? .null),
      (
        "anchor", [.integer(own?.x ?? element.width / 2), .integer(own?.y ?? element.height / 2)]
      ),
    ] + made(kind)
  }

  private func window(_ kind: Neighbourhood) -> StructuringElement {
    switch step.work {
    // That of one gradient.
    case .canny: StructuringElement(width: 3, height: 3)
    case .difference: StructuringElement(width: 1, height: 1)
    case .localnorm, .bilateral, .clahe, nil: kind.element
    }
  }

  /// What is made of a window.
  private func made(_ kind: Neighbourhood) -> [(String, JSON)] {
    func parameters(_ values: KeyValuePairs<String, Double>) -> [(String, JSON)] {
      [("parameters", .object(values.map { ($0.key, .string(shortest($0.value))) }))]
    }
    switch kind {
    case .morphology where step.work == .difference: return []
    case .morphology(let kind, _): return [("pick", .string("\(kind)"))]
    case .rank(.median, _): return [("pick", "median")]
    case .rank(.percent(let percent), _):
      return [("pick", "rank"), ("percent", .string(shortest(percent)))]
    case .localNormalization(let kind):
      return parameters([
        "mean": kind.mean, "deviation": kind.deviation, "floor": kind.floor,
      ])
    case .bilateral(let kind):
      return parameters(["sigma-color": kind.sigmaColor, "sigma-space": kind.sigmaSpace])
    case .canny(let kind):
      return parameters(["low": kind.low, "high": kind.high, "sigma": kind.sigma])
        + [("norm", kind.isEuclidean ? "l2" : "l1")]
    case .clahe(let clip, let columns, let rows):
      return parameters(["clip": clip, "columns": Double(columns), "rows": Double(rows)])
    case .unsharp, .nonLocalMeans: preconditionFailure("it has a kernel, or is not shown")
    }
  }

  /// Of what has no windows to place.
  static var unplaced: JSON {
    [
      "stride": [1, 1], "dilation": [1, 1], "padding": "replicate", "values": [], "extent": .null,
    ]
  }

  static func extent(_ extent: PaddingExtent) -> JSON {
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
