import ConvNet
import Raster
import Reports
import Text

/// Draws what a model makes of a picture.
struct FeatureDrawer {
  /// A drawing, what its file is called, and what it shows.
  struct Drawing {
    var name: String
    var title: String
    var picture: Picture
  }

  private let model: Model
  /// Layers to be drawn; empty for all.
  private let layers: [String]
  /// The class to speak for; nil for the likeliest.
  private let label: Int?
  private let palette: FeatureMapPictures.Palette
  private let inspector: Inspector
  private let predictor: Predictor

  /// Classes whose probability is drawn.
  private static let mostBars = 10
  /// Outputs of a dense layer whose weights are drawn.
  private static let mostUnits = 100

  /// - Throws: a `CommandFailure` for layers and classes that are none of the model's.
  init(
    _ model: Model, layers: [String], label: String?, palette: FeatureMapPictures.Palette,
    team: ThreadTeam
  ) throws {
    let names = model.network.allNodes.map(\.name)
    for layer in layers where !names.contains(layer) {
      throw CommandFailure(
        "the model has no layer '\(layer.shortened())'; it has \(names.prefix(60).joined(separator: ", "))"
          + (names.count > 60 ? ", …" : "")
          + (nearest(to: layer, among: names).map { "; did you mean '\($0)'?" } ?? ""),
        at: "--layer")
    }
    self.label = try label.map { name in
      guard let index = model.classNames.firstIndex(of: name) else {
        let known = model.classNames
        throw CommandFailure(
          "the model has no class '\(name.shortened())'; it has "
            + known.prefix(20).map(\.visible).joined(separator: ", ")
            + (known.count > 20 ? ", …" : "")
            + (nearest(to: name, among: known).map { "; did you mean '\($0.visible)'?" } ?? ""),
          at: "--class")
      }
      return index
    }
    self.model = model
    self.layers = layers
    self.palette = palette
    inspector = Inspector(model, team: team)
    predictor = Predictor(model, batch: 1, team: team)
  }

  /// - Parameters:
  ///   - levels: what the model sees.
  ///   - input: the same as a picture.
  func drawings(of levels: [Float], input: Picture) -> [Drawing] {
    var drawings = [
      Drawing(name: "input", title: "the picture as the model sees it", picture: input)
    ]
    if layers.isEmpty, let filters { drawings.append(filters) }
    for maps in inspector.maps(of: levels)
    where !maps.shape.isFlat && (layers.isEmpty || layers.contains(maps.name)) {
      let title = "\(maps.name): \(maps.title), \(maps.shape)"
      let drawing = FeatureMapPictures(
        title: title, height: maps.shape.height, width: maps.shape.width, values: maps.values)
      drawings.append(
        Drawing(name: maps.name, title: title, picture: drawing.picture(palette: palette)))
    }
    let guesses = predictor.guesses(levels, top: model.classNames.count)[0]
    let chosen = guesses.first { $0.label == label } ?? guesses[0]
    drawings.append(answers(guesses, chosen))
    return drawings + attentions(levels, chosen)
  }

  /// Filters of the first convolution, or what a dense layer weighs pixels with.
  private var filters: Drawing? {
    if let bank = model.firstFilters {
      return drawing(bank, "\(bank.filters) filters of \(bank.height)x\(bank.width)", "filters")
    }
    guard var bank = model.pixelWeights else { return nil }
    let shown = min(bank.filters, Self.mostUnits)
    let title =
      "the weights of \(shown < bank.filters ? "the first \(shown) of " : "")\(bank.filters) outputs "
      + "for each pixel"
    bank.weights = Array(bank.weights.prefix(shown * bank.height * bank.width * bank.channels))
    bank.filters = shown
    return drawing(bank, title, "weights")
  }

  private func drawing(_ bank: FilterBank, _ text: String, _ name: String) -> Drawing {
    let drawing = KernelPictures(
      title: "\(bank.name): \(text)", height: bank.height, width: bank.width,
      channels: bank.channels, weights: bank.weights)
    return Drawing(
      name: "\(bank.name)-\(name)", title: drawing.title, picture: drawing.picture())
  }

  private func answers(_ guesses: [Predictor.Guess], _ chosen: Predictor.Guess) -> Drawing {
    var shown = Array(guesses.prefix(Self.mostBars))
    if !shown.contains(chosen) { shown[shown.count - 1] = chosen }
    let title = "how likely the classes are"
    let bars = ProbabilityBars(
      title: title,
      rows: shown.map {
        .init(
          $0.name.visible, probability: Double($0.probability), isChosen: $0.label == chosen.label)
      })
    return Drawing(name: "answers", title: title, picture: bars.picture())
  }

  /// Where the picture speaks for a class: at the chosen layers, or at the last that yields maps.
  private func attentions(_ levels: [Float], _ chosen: Predictor.Guess) -> [Drawing] {
    let all = inspector.attentions(of: levels, labels: [chosen.label])[0]
    let wanted = layers.isEmpty ? all.suffix(1) : all.filter { layers.contains($0.name) }[...]
    return wanted.map { attention in
      let share = NumberText.percent(Double(chosen.probability))
      let title = "where it looks like \(chosen.name.visible) (\(share)), at \(attention.name)"
      let input = model.network.input
      var drawing = AttentionMap(
        title: "where it looks like \(chosen.name.visible) (\(share))", height: input.height,
        width: input.width, samples: levels.map { UInt8($0) }, rows: attention.height,
        columns: attention.width, attention: attention.values)
      drawing.layer = attention.name
      return Drawing(
        name: layers.isEmpty ? "attention" : "\(attention.name)-attention", title: title,
        picture: drawing.picture(palette: palette))
    }
  }
}
