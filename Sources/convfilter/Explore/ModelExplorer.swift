import ConvNet
import Libc
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
  /// Bits that a weight takes at least.
  private static let leastBits = 2.8
  /// Classes whose attention a page shows: those that the pictures are likeliest of.
  private static let mostClasses = 12

  /// - Throws: `CommandFailure` for pictures that cannot be read, and for pages of a size that no
  ///   browser opens.
  func page(_ files: [FilePath]) throws -> WebPage {
    let layers = ExploredLayers(model.network)
    let precision = try precision(layers, pictures: files.count)
    let pictures = try ModelPictures(model, memory: memory, diagnostics: diagnostics)
    let inspector = Inspector(model, team: team)
    let predictor = Predictor(model, batch: 1, team: team)
    let names = Self.names(files)
    let shown = try zip(files, names).map { file, name in
      let levels = try CommandFailure.at("\(file)") { try pictures.levels(of: file) }
      return json(
        name, levels, layers, inspector, predictor.probabilities(levels)[0], precision)
    }
    let title =
      "\(name) sees "
      + (files.count > 4 ? "\(files.count) pictures" : names.joined(separator: ", "))
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
        "ramp": .string(Self.ramp),
        "command": .string(
          // The maps are those of the picture itself, so the answer is, too.
          (["convfilter", "predict", name] + files.map { "\($0)" } + ["--top", "5"]
            + (model.views == .one ? [] : ["--views", "1"]))
            .map(shellQuoted).joined(separator: " ")),
        "layers": self.json(layers, precision, beside: shown),
        "pictures": .array(shown),
        "rounding": precision == .coarse
          ? .number(Double(Self.mapStep / Float(12).squareRoot())) : .null,
      ])
  }

  /// How tensors are written.
  private enum Precision {
    case exact
    /// Large ones with five digits.
    case short
    /// Large ones in whole steps, all values that are no weights with five digits, and none that the page can work
    /// out.
    case steps
    /// The same, and the maps in steps as well.
    case coarse
  }

  /// The steps of maps, in root mean squares of a map's values.
  private static let mapStep: Float = 1 / 20

  /// The best with which the page stays comfortable.
  ///
  /// - Throws: `CommandFailure` where no browser would open the page.
  private func precision(
    _ layers: ExploredLayers, pictures: Int
  ) throws(CommandFailure) -> Precision {
    let numbers = layers.rows.flatMap(\.node.slots).map(\.shape.count)
    func size(values: Int, _ bytes: (Int) -> Int, _ isStored: (ExploredLayers.Row) -> Bool) -> Int {
      let stored = layers.rows.filter(isStored)
        .reduce(0) { $0.saturatingSum($1.node.output.count) }
      return numbers.reduce(pictures.saturatingProduct(stored.saturatingProduct(values * 4) / 3)) {
        $0.saturatingSum($1.saturatingProduct(bytes($1)) / 3 * 4)
      }
    }
    let isNoRow = { (row: ExploredLayers.Row) in !(row.node.layer is Flatten) }
    if size(values: 4, { _ in 4 }, isNoRow) <= Self.comfortable { return .exact }
    if size(values: 4, { $0 > Self.large ? 3 : 4 }, isNoRow) <= Self.comfortable { return .short }
    let isStored = { (row: ExploredLayers.Row) in !row.isDerivable }
    let least = size(values: 1, { $0 > Self.large ? 1 : 4 }, isStored)
    if least > Self.most {
      throw CommandFailure(
        "the page would take \(NumberText.bytes(least)), more than a browser bears; name fewer "
          + "pictures, or a smaller model", at: name)
    }
    // A letter of base64 holds six bits: half a letter a weight at the least, six a number of four bytes.
    let weights = numbers.reduce(0) { $0 + ($1 > Self.large ? $1 / 2 : 6 * $1) }
    let maps = size(values: 3, { _ in 0 }, isStored)
    return maps.saturatingSum(weights) <= Self.comfortable ? .steps : .coarse
  }

  /// The layers with their weights; what room the pictures leave is theirs.
  private func json(
    _ layers: ExploredLayers, _ precision: Precision, beside pictures: [JSON]
  ) -> JSON {
    func written(_ large: (ArraySlice<Float>, Int) -> JSON) -> JSON {
      .array(
        layers.rows.map { row in
          row.json(model.weights) { values, length in
            values.count > Self.large ? large(values, length) : PackedTensor.exact(values)
          }
        })
    }
    switch precision {
    case .exact: return written { values, _ in PackedTensor.exact(values) }
    case .short: return written { values, _ in PackedTensor.short(values) }
    case .steps, .coarse: break
    }
    let count = layers.rows.flatMap(\.node.slots).map(\.shape.count).filter { $0 > Self.large }
      .reduce(0, +)
    // Style and scripts take a tenth of a megabyte.
    let room = Self.comfortable - 150_000 - pictures.reduce(0) { $0 + $1.compact.utf8.count }
    // A letter of base64 holds six bits.
    var bits = min(max(Double(room) * 6 / Double(max(count, 1)), Self.leastBits), 6)
    while true {
      // Of a bell curve, steps of its deviation take 2.05 bits; half of it, one more.
      let step = Float(exp2(2.05 - bits))
      let made = written { values, length in
        PackedTensor.steps(values, filters: length, step: step)
      }
      let excess = made.compact.utf8.count - room
      if excess <= 0 || bits <= Self.leastBits { return made }
      bits = max(Self.leastBits, bits - 0.05 - Double(excess) * 6 / Double(count))
    }
  }

  private var lead: String {
    let count = model.network.slots.filter(\.shape.isTrained).reduce(0) { $0 + $1.shape.count }
    let data = model.facts["data set"].map { ", trained on \($0)" } ?? ""
    return "\(NumberText.grouped(count)) parameters\(data)"
  }

  private func json(
    _ name: String, _ levels: [Float], _ layers: ExploredLayers, _ inspector: Inspector,
    _ probabilities: [Float], _ precision: Precision
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
      "name": .string(name),
      "levels": .string(Base64.encode(levels.map { UInt8($0) })),
      "probabilities": .array(probabilities.map { .number(Double($0)) }),
      "maps": .array(
        layers.rows.map { row in
          guard precision == .steps || precision == .coarse else {
            return maps[row.node.name].map { PackedTensor.exact($0[...]) } ?? .null
          }
          guard !row.isDerivable, let values = maps[row.node.name] else { return .null }
          return precision == .steps
            ? PackedTensor.short(values[...])
            : PackedTensor.steps(
              values[...], filters: row.node.output.channels, step: Self.mapStep)
        }),
      "attention": .array(attentions),
    ]
  }

  /// What pictures are called: where two have the same name, their folders tell them apart.
  private static func names(_ files: [FilePath]) -> [String] {
    let counts = files.reduce(into: [:]) { $0[$1.shown, default: 0] += 1 }
    return files.map { counts[$0.shown]! > 1 ? "\($0)" : $0.shown }
  }

  /// The colours of maps, as the command draws them: six hexadecimal digits each.
  private static var ramp: String {
    ColorMap.ramp.colors.map { color in
      [color.red, color.green, color.blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        .joined()
    }.joined()
  }
}
