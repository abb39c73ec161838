import ConvNet
import Datasets
import ImageCodecs
import Raster
import Reports
import Text

/// Images of a training for its page: what the model says of some, and what its first layers see.
struct TrainingSamples {
  private let model: Model
  private let images: LabelledImages
  /// `test`, or what else there is to judge by.
  private let name: String
  private let examples: ImageExamples
  private let guesses: [Guess]
  private let mistakes: [Answer]
  private let team: ThreadTeam

  private struct Guess {
    var index: Int
    var label: Int
    var probability: Float
  }

  private static let shown = 12

  /// - Parameter mistakes: of the last part of the data, the surest first.
  /// - Throws: `DatasetError`.
  init(_ model: Model, _ plan: TrainingPlanner, mistakes: [Answer], team: ThreadTeam) throws {
    (name, images) = plan.data.parts.last!
    self.model = model
    self.mistakes = mistakes
    self.team = team
    examples = ImageExamples(
      images, classes: model.classNames.count, normalization: model.normalization,
      augmentation: Augmentation(crop: plan.augmentation.crop))
    // As many as predict takes: of large images a dozen would take more than the training.
    let predictor = Predictor(model, batch: 8, views: model.views, team: team)
    let levels = try Self.levels(
      of: examples, 0..<min(Self.shown, images.count), model.normalization)
    guesses = predictor.guesses(levels).enumerated().map {
      Guess(index: $0.offset, label: $0.element[0].label, probability: $0.element[0].probability)
    }
  }

  /// Sample answers, then the mistakes that the model was surest of.
  func answers() throws -> [HTMLReport.Block] {
    let all = "the \(NumberText.grouped(images.count)) \(name) images"
    let samples = HTMLReport.Block.gallery(try guesses.map(figure))
    if mistakes.isEmpty { return [samples, .paragraph("There is no mistake among \(all).")] }
    let wrong = mistakes.prefix(Self.shown).map {
      Guess(index: $0.example, label: $0.guess, probability: $0.probability)
    }
    return [
      samples,
      .paragraph(
        "The mistakes that it was surest of, of \(NumberText.grouped(mistakes.count)) among \(all):"
      ),
      .gallery(try wrong.map(figure)),
    ]
  }

  /// The filters of the first convolution, and the maps of the first layers for the first image.
  func maps() throws -> [HTMLReport.Block] {
    var blocks: [HTMLReport.Block] = []
    if let bank = model.firstFilters, bank.channels <= 3 {
      let drawing = KernelPictures(
        title: "\(bank.name): \(bank.filters) filters of \(bank.height)×\(bank.width)",
        height: bank.height, width: bank.width, channels: bank.channels, weights: bank.weights)
      blocks += Self.picture(drawing.picture(), drawing.title)
    }
    let levels = try Self.levels(of: examples, 0..<1, model.normalization)
    let layers = Inspector(model, team: team).maps(of: levels).filter { !$0.shape.isFlat }.prefix(2)
    for layer in layers where layer.shape.channels <= 256 {
      let drawing = FeatureMapPictures(
        title: "\(layer.name): \(layer.title), \(layer.shape)", height: layer.shape.height,
        width: layer.shape.width, values: layer.values)
      blocks.append(.folded(drawing.title, Self.picture(drawing.picture(), drawing.title)))
    }
    blocks.append(
      .paragraph(
        "'convfilter explore MODEL PICTURE -o page.html' shows all layers, value by value."))
    return blocks
  }

  private static func picture(_ picture: Picture, _ text: String) -> [HTMLReport.Block] {
    guard let png = try? encodePNG(picture, level: 6) else { return [] }
    return [.picture(png: png, text: text, width: nil)]
  }

  private func figure(_ guess: Guess) throws -> (png: [UInt8], text: String) {
    let truth = Int(images.labels[guess.index])
    let levels = try Self.levels(of: examples, guess.index..<guess.index + 1, model.normalization)
    let share = NumberText.percent(Double(guess.probability))
    let said = "\(model.classNames[guess.label].visible) (\(share))"
    return (
      Self.png(levels, examples.shape),
      guess.label == truth ? said : "\(said), is \(model.classNames[truth].visible)"
    )
  }

  /// The first images of the first epoch, as they are learnt from.
  static func learnt(_ plan: TrainingPlanner, seed: UInt64) throws -> [(png: [UInt8], text: String)]
  {
    let normalization = Normalization.unit(channels: plan.data.train.channels)
    let examples = ImageExamples(
      plan.data.train, classes: plan.data.dataset.classNames.count, normalization: normalization,
      seed: seed, augmentation: plan.augmentation)
    let count = min(shown, examples.count)
    var labels = [Int32](repeating: 0, count: count)
    let levels = try levels(of: examples, 0..<count, normalization, epoch: 0, labels: &labels)
    let size = examples.shape.count
    return (0..<count).map { index in
      (
        png(Array(levels[index * size..<(index + 1) * size]), examples.shape),
        plan.data.dataset.classNames[Int(labels[index])].visible
      )
    }
  }

  private static func levels(
    of examples: ImageExamples, _ positions: Range<Int>, _ normalization: Normalization
  ) throws -> [Float] {
    var labels = [Int32](repeating: 0, count: positions.count)
    return try levels(of: examples, positions, normalization, epoch: nil, labels: &labels)
  }

  /// Levels of images, 0…255: the normalisation undone.
  private static func levels(
    of examples: ImageExamples, _ positions: Range<Int>, _ normalization: Normalization,
    epoch: Int?, labels: inout [Int32]
  ) throws -> [Float] {
    var values = [Float](repeating: 0, count: positions.count * examples.shape.count)
    try values.withUnsafeMutableBufferPointer { values in
      try labels.withUnsafeMutableBufferPointer { labels in
        try examples.load(positions, epoch: epoch, images: values, labels: labels)
      }
    }
    let (scale, shift, channels) = (
      normalization.scale, normalization.shift, examples.shape.channels
    )
    return values.indices.map { index in
      let level = (values[index] - shift[index % channels]) / scale[index % channels]
      return min(max(level.rounded(), 0), 255)
    }
  }

  private static func png(_ levels: [Float], _ shape: FeatureShape) -> [UInt8] {
    let isColor = shape.channels == 3
    let samples: [UInt8] =
      isColor
      ? levels.map { UInt8($0) }
      : stride(from: 0, to: levels.count, by: shape.channels).map { UInt8(levels[$0]) }
    let picture = Picture(
      PictureFormat(
        width: shape.width, height: shape.height, color: isColor ? .rgb : .gray, sample: .uint8),
      samples: samples)
    return (try? encodePNG(picture, level: 6)) ?? []
  }
}
