import ConvNet
import Datasets
import Raster
import Reports
import Text

/// A trained model that a training starts from, and what of it stays as it is.
struct Pretrained {
  /// As it was named.
  let file: String
  /// As it was read.
  let source: Model
  let freeze: FreezeValue

  /// What it is called in names of files and in reports.
  var name: String {
    PublishedNetwork.all.contains { $0.name == source.facts["model"] }
      ? source.facts["model"]! : FilePath(argument: file).title
  }

  /// - Parameter file: perhaps with the network that it is (`NetworkFile.place`).
  /// - Throws: a `CommandFailure`.
  init(
    file: String, freeze: FreezeValue, memory: MemoryLimit, diagnostics: Diagnostics
  ) throws {
    self.file = file
    self.freeze = freeze
    let model = try NetworkFile.model(
      file, memory: memory, batch: 1, replacesHead: true, diagnostics: diagnostics)
    try CommandFailure.at(file) { try model.checkTakesPictures() }
    source = model
  }

  /// The model for the classes, and the part that is frozen; nil for none.
  ///
  /// - Parameter input: the shape of an image.
  func start(
    classes: [String], input: FeatureShape, seed: UInt64
  ) throws -> (model: Model, trunk: Trunk?) {
    try CommandFailure.at(file) {
      let model = try source.adapted(to: classes, input: input, seed: seed)
      switch freeze {
      case .none: return (model, nil)
      case .all: return (model, try Trunk(model))
      case .upTo(let layer): return (model, try Trunk(model, upTo: layer))
      }
    }
  }

  /// The shape of an image: that of the model, but for a size that was asked for.
  func input(_ images: ImageArguments) -> FeatureShape {
    var input = source.network.input
    if let size = images.size { (input.width, input.height) = (size.width, size.height) }
    return input
  }

  /// What it is trained with.
  ///
  /// - Parameters:
  ///   - trunk: what does not learn.
  ///   - support: training images of each class.
  func settings(
    _ training: TrainingArguments, _ trunk: Trunk?, support: [Int]
  ) -> TrainingSettings {
    training.settings(trunk == nil ? Self.wholeSettings : Self.headSettings, support: support)
  }

  /// What a head is trained with on features: a few numbers an image, so many passes cost little.
  private static var headSettings: TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = 30
    settings.batch = 32
    settings.rate = 2e-3
    return settings
  }

  /// What a whole network goes on with: weights that know much already change slowly.
  private static var wholeSettings: TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = 5
    settings.batch = 32
    settings.rate = 5e-4
    return settings
  }
}

/// `all`, `none` or the name of a layer.
enum FreezeValue: Equatable {
  case all
  case none
  case upTo(String)

  init(_ text: String) {
    switch text {
    case "all": self = .all
    case "none": self = .none
    default: self = .upTo(text)
    }
  }

  var text: String {
    switch self {
    case .all: "all"
    case .none: "none"
    case .upTo(let layer): layer
    }
  }
}
