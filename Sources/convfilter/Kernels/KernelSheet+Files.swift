import KernelLanguage
import Raster
import Reports
import Text

extension KernelSheet {
  /// The sheet as one JSON object on a line.
  func json() -> String {
    var members: [(String, JSON)] = [("name", .string(stage.name)), ("title", .string(title))]
    if let named {
      members.append(("source", .string(named.source)))
      members.append(("aliases", .array(named.aliases.map(JSON.string))))
    }
    members.append(("directional", .bool(stage.isDirectional)))
    switch stage.operation {
    case .correlate: break
    case .combine(_, let combination): members.append(("combine", .string("\(combination)")))
    case .pool(let kind, let width, let height):
      members.append(("pooling", .string("\(kind)")))
      members.append(("width", .integer(width)))
      members.append(("height", .integer(height)))
    case .neighbourhood(let kind):
      members.append(("width", .integer(kind.element.width)))
      members.append(("height", .integer(kind.element.height)))
      members.append(("members", .integer(kind.element.count)))
    case .unsharp(_, let amount, let threshold):
      members.append(("amount", .plain(amount)))
      members.append(("threshold", .plain(threshold)))
    case .change: break
    }
    members.append(("kernels", .array(stage.kernels.map(Self.json))))
    return JSON.object(members).line + "\n"
  }

  private static func json(_ kernel: Kernel) -> JSON {
    let taps = kernel.taps
    let planes = (0..<kernel.depth).map { plane in
      JSON.rows(
        stride(from: plane, to: taps.count, by: kernel.depth).map { taps[$0] }, width: kernel.width)
    }
    let factors = kernel.separated()
    return .object([
      ("width", .integer(kernel.width)), ("height", .integer(kernel.height)),
      ("depth", .integer(kernel.depth)), ("taps", kernel.depth == 1 ? planes[0] : .array(planes)),
      ("sum", .plain(kernel.sum)), ("divisor", .plain(kernel.divisor)),
      ("offset", .plain(kernel.offset)),
      ("anchor", .array([.integer(kernel.origin.x), .integer(kernel.origin.y)])),
      ("rank", kernel.rank.map(JSON.integer) ?? .null),
      ("separable", kernel.isSeparable.map(JSON.bool) ?? .null),
      ("column", factors.map { .array($0.column.map(JSON.plain)) } ?? .null),
      ("row", factors.map { .array($0.row.map(JSON.plain)) } ?? .null),
    ])
  }

  /// The kernel as a kernel file; nil for poolings, unsharp masks, changes and sets.
  func fileText() -> String? {
    guard case .correlate(let kernel) = stage.operation else { return nil }
    return kernel.fileText(source: named?.source ?? "")
  }

  /// The kernels as a picture; nil for poolings, changes and sets of different sizes.
  func picture() -> Picture? {
    let kernels = stage.kernels
    guard let first = kernels.first else { return nil }
    if kernels.count == 1, first.depth == 1 {
      let divisor = "divisor " + NumberText.short(first.divisor, digits: 6)
      return KernelChart(
        title: stage.name, subtitle: title.isEmpty ? divisor : "\(title); \(divisor)",
        height: first.height, width: first.width, coefficients: first.taps
      ).picture()
    }
    let isUniform = kernels.allSatisfy {
      $0.width == first.width && $0.height == first.height && $0.depth == first.depth
    }
    guard isUniform else { return nil }
    return KernelPictures(
      title: stage.name, height: first.height, width: first.width, channels: first.depth,
      weights: kernels.flatMap { $0.taps.map { Float($0) } }
    ).picture()
  }
}
