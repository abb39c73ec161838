import ConvNet
import Raster
import Reports
import Text

/// Makes the page of a model and pictures that it sees.
struct ModelExplorer {
  let model: Model
  /// The name of its file, as text.
  let name: String
  let memory: MemoryLimit
  let diagnostics: Diagnostics
  let team: ThreadTeam

  /// Bytes of a page: beyond the first, large tensors are written shorter; beyond the second there is
  /// none.
  private static let (comfortable, most) = (9_500_000, 200_000_000)
  /// Values from which on a tensor is large.
  private static let large = 100_000
  /// Classes whose attention a page shows: those that the pictures are likeliest of.
  private static let mostClasses = 12

  /// - Throws: `CommandFailure` for pictures that cannot be read, and for pages of a size that no
  ///   browser opens.
  func page(_ files: [FilePath]) throws -> WebPage {
    let layers = ExploredLayers(model.network)
    let stored = layers.rows.filter { !($0.node.layer is Flatten) }
    let values = stored.reduce(0) { $0.saturatingSum($1.node.output.count) }
    let numbers = layers.rows.flatMap(\.node.slots).map(\.shape.count)
    func size(_ bytes: (Int) -> Int) -> Int {
      numbers.reduce(files.count.saturatingProduct(values.saturatingProduct(16) / 3)) {
        $0.saturatingSum($1.saturatingProduct(bytes($1)) / 3 * 4)
      }
    }
    let isShort = size { _ in 4 } > Self.comfortable
    let bytes = size { isShort && $0 > Self.large ? 3 : 4 }
    if bytes > Self.most {
      throw CommandFailure(
        "the page would take \(NumberText.bytes(bytes)), more than a browser bears; name fewer "
          + "pictures, or a smaller model", at: name)
    }
    let pictures = try ModelPictures(model, memory: memory, diagnostics: diagnostics)
    let inspector = Inspector(model, team: team)
    let predictor = Predictor(model, batch: 1, team: team)
    let shown = try files.map { file in
      let levels = try CommandFailure.at("\(file)") { try pictures.levels(of: file) }
      return json(file, levels, layers, inspector, predictor.probabilities(levels)[0])
    }
    let title = "\(name) sees " + files.map(\.shown).joined(separator: ", ")
    let input = model.network.input
    return WebPage(
      .model, title: title,
      data: [
        "title": .string(title), "lead": .string(lead),
        "classes": .array(model.classNames.map { .string($0.visible) }),
        "facts": .object(
          model.facts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
        "input": .array([input.height, input.width, input.channels].map(JSON.integer)),
        "scale": .array(model.normalization.scale.map { .number(Double($0)) }),
        "shift": .array(model.normalization.shift.map { .number(Double($0)) }),
        "ramp": .string(Self.ramp), "isShort": .bool(isShort),
        "command": .string(
          // The maps are those of the picture itself, so the answer is, too.
          (["convfilter", "predict", name] + files.map { "\($0)" } + ["--top", "5"]
            + (model.views == .one ? [] : ["--views", "1"]))
            .map(shellQuoted).joined(separator: " ")),
        "layers": .array(
          layers.rows.map { row in
            row.json(model.weights) { values in
              isShort && values.count > Self.large
                ? .object([("short", .string(Base64.encode(Self.short(values))))])
                : .string(Base64.encode(Self.bytes(values)))
            }
          }),
        "pictures": .array(shown),
      ])
  }

  private var lead: String {
    let count = model.network.slots.filter(\.shape.isTrained).reduce(0) { $0 + $1.shape.count }
    let data = model.facts["data set"].map { ", trained on \($0)" } ?? ""
    return "\(NumberText.grouped(count)) parameters\(data)"
  }

  private func json(
    _ file: FilePath, _ levels: [Float], _ layers: ExploredLayers, _ inspector: Inspector,
    _ probabilities: [Float]
  ) -> JSON {
    let maps = inspector.maps(of: levels).reduce(into: [:]) { $0[$1.name] = $1.values }
    let likeliest = probabilities.indices.sorted {
      probabilities[$0] == probabilities[$1] ? $0 < $1 : probabilities[$0] > probabilities[$1]
    }
    let labels = Array(likeliest.prefix(Self.mostClasses)).sorted()
    let attentions = zip(labels, inspector.attentions(of: levels, labels: labels)).map {
      label, own in
      JSON.object(
        [("class", .integer(label))]
          + own.map { attention in
            let levels = attention.values.map { UInt8(($0 * 255).rounded()) }
            return (attention.name, .string(Base64.encode(levels)))
          })
    }
    return [
      "name": .string(file.shown),
      "levels": .string(Base64.encode(levels.map { UInt8($0) })),
      "probabilities": .array(probabilities.map { .number(Double($0)) }),
      "maps": .array(
        layers.rows.map { row in
          maps[row.node.name].map { .string(Base64.encode(Self.bytes($0[...]))) } ?? .null
        }),
      "attention": .array(attentions),
    ]
  }

  /// Single precision, the little end first.
  private static func bytes(_ values: ArraySlice<Float>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4 * values.count)
    for (index, value) in values.enumerated() {
      let bits = value.bitPattern
      for byte in 0..<4 { bytes[4 * index + byte] = UInt8(truncatingIfNeeded: bits >> (8 * byte)) }
    }
    return bytes
  }

  /// The upper three bytes of single precision, rounded: five digits.
  private static func short(_ values: ArraySlice<Float>) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 3 * values.count)
    for (index, value) in values.enumerated() {
      let raised = value.bitPattern.addingReportingOverflow(0x80)
      let bits = value.isFinite && !raised.overflow ? raised.partialValue : value.bitPattern
      for byte in 0..<3 {
        bytes[3 * index + byte] = UInt8(truncatingIfNeeded: bits >> (8 * (byte + 1)))
      }
    }
    return bytes
  }

  /// The colours of maps, as the command draws them: six hexadecimal digits each.
  private static var ramp: String {
    ColorMap.ramp.colors.map { color in
      [color.red, color.green, color.blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        .joined()
    }.joined()
  }
}
