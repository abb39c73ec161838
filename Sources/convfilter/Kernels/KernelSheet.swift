import KernelLanguage
import Reports
import Text

/// What there is to say about one specification.
struct KernelSheet {
  let stage: Stage
  /// The catalogue's entry, where the specification is one name with its keys.
  let named: NamedKernel?

  /// Columns beyond which the coefficients are not printed.
  private static let widest = 129

  /// Coefficients that are written or drawn: some seconds.
  static let mostCoefficients = 1 << 22

  init(_ stage: Stage) {
    self.stage = stage
    let head = stage.name.prefix { $0 != ":" && $0 != ";" }
    named = stage.name.contains(";") ? nil : KernelCatalog.find(String(head))
  }

  var title: String {
    if let named, stage.kernels.count != 1 { return named.title }
    return stage.kernels.map(\.title).first { !$0.isEmpty } ?? named?.title ?? ""
  }

  func text() -> String {
    var text = stage.name + (title.isEmpty ? "" : "  \(title)") + "\n"
    for (index, kernel) in stage.kernels.enumerated() {
      text += "\n"
      if stage.kernels.count > 1 { text += "kernel \(index + 1) of \(stage.kernels.count)\n" }
      text += coefficients(kernel) + "\n" + facts(kernel)
    }
    return text + "\n" + stageFacts() + (named.map(origin) ?? "")
  }

  private func coefficients(_ kernel: Kernel) -> String {
    guard kernel.width <= Self.widest else {
      return "  (\(kernel.width)×\(kernel.height) coefficients"
        + (kernel.width * kernel.height <= Self.mostCoefficients
          ? "; --text and --json write them all)\n" : ")\n")
    }
    let texts = NumberColumns.readable(kernel.taps)
    return (0..<kernel.depth).map { plane in
      let own = stride(from: plane, to: texts.count, by: kernel.depth).map { texts[$0] }
      return (kernel.depth > 1 ? "channel \(plane)\n" : "")
        + NumberColumns.lines(own, width: kernel.width, indent: 2)
    }.joined(separator: "\n")
  }

  private func facts(_ kernel: Kernel) -> String {
    var facts = [
      ("size", KernelList.size(of: kernel)),
      ("sum", Self.number(kernel.sumsToNothing ? 0 : kernel.sum)),
      (
        "divisor",
        Self.number(kernel.divisor)
          + (kernel.scale != nil ? "" : kernel.sumsToNothing ? " (the sum is 0)" : " (the sum)")
      ),
    ]
    if kernel.offset != 0 { facts.append(("offset", "\(shortest(kernel.offset)) levels")) }
    facts.append(("anchor", "\(kernel.origin.x),\(kernel.origin.y)"))
    if let rank = kernel.rank { facts.append(("rank", "\(rank)")) }
    if let isSeparable = kernel.isSeparable {
      facts.append(("separable", isSeparable ? "yes, column × row" : "no"))
    }
    if kernel.width <= Self.widest, let factors = kernel.separated() {
      facts.append(("column", Self.line(factors.column)))
      facts.append(("row", Self.line(factors.row)))
    }
    return Self.block(facts)
  }

  private func stageFacts() -> String {
    var facts: [(String, String)] = []
    let geometry = stage.geometry
    var standard = (x: 1, y: 1)
    switch stage.operation {
    case .correlate: break
    case .combine(_, let combination): facts.append(("combined", Self.words(combination)))
    case .pool(let kind, let width, let height):
      facts.append(("window", "\(width)×\(height), its \(Self.words(kind))"))
      standard = (width, height)
    case .neighbourhood(.clahe(_, let columns, let rows)):
      facts.append(("tiles", "\(columns)×\(rows) of the whole picture"))
    case .neighbourhood(let kind):
      let element = kind.element
      facts.append(
        ("window", "\(element.width)×\(element.height), \(element.count) samples take part"))
    case .unsharp(_, let amount, let threshold):
      facts.append(("amount", shortest(amount)))
      facts.append(("threshold", "\(shortest(threshold)) levels"))
    case .change: break
    }
    let stride = (x: geometry.strideX ?? standard.x, y: geometry.strideY ?? standard.y)
    if stride != (1, 1) { facts.append(("stride", "\(stride.x),\(stride.y)")) }
    let dilation = (x: geometry.dilationX ?? 1, y: geometry.dilationY ?? 1)
    if dilation != (1, 1) { facts.append(("dilation", "\(dilation.x),\(dilation.y)")) }
    if let padding = geometry.padding {
      let extent = padding.isPadded ? geometry.extent.map { ", " + $0.name } : nil
      facts.append(("padding", padding.name + (extent ?? "")))
    }
    facts.append(("directional", stage.isDirectional ? "yes" : "no"))
    return Self.block(facts)
  }

  private func origin(_ named: NamedKernel) -> String {
    var facts = [("source", named.source)]
    if !named.aliases.isEmpty { facts.append(("also", named.aliases.joined(separator: ", "))) }
    var text = Self.block(facts)
    if !named.parameters.isEmpty {
      var table = TextTable([.init("parameter"), .init("default"), .init("meaning")])
      for parameter in named.parameters {
        table.add([parameter.key, parameter.standard, parameter.meaning])
      }
      text += "\n" + table.text()
    }
    return text
  }
}

extension KernelSheet {
  private static func block(_ facts: [(String, String)]) -> String {
    facts.map { name, value in
      name + String(repeating: " ", count: 13 - name.count) + value + "\n"
    }.joined()
  }

  private static func number(_ value: Double) -> String { NumberText.short(value, digits: 9) }

  private static func line(_ values: [Double]) -> String {
    NumberColumns.readable(values).joined(separator: " ")
  }

  private static func words(_ combination: Combination) -> String {
    switch combination {
    case .maximum: "the largest result"
    case .minimum: "the smallest result"
    case .sum: "the sum of the results"
    case .magnitude: "the square root of the sum of squares"
    }
  }

  private static func words(_ kind: PoolingKind) -> String {
    switch kind {
    case .maximum: "maximum"
    case .minimum: "minimum"
    case .average: "mean"
    }
  }
}
