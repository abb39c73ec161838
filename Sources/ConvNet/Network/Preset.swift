/// A network with a name, and how it is best trained.
public struct Preset: Sendable {
  /// `cifar-pool`.
  public let name: String
  /// A line about it.
  public let title: String
  /// The description; the last dense layer has `classes` outputs.
  private let description: @Sendable (_ classes: Int) -> String
  public let settings: TrainingSettings
  /// Whether images keep their class when mirrored (digits don't).
  public let canFlip: Bool
  /// How its images are changed in training, as on the command line; nil as for any network.
  public let augmentation: String?

  /// The layers for so many classes.
  ///
  /// - Throws: where there are more classes than a dense layer may have outputs.
  public func architecture(classes: Int) throws(NetworkError) -> Architecture {
    try Architecture(description(classes))
  }

  private init(
    _ name: String, _ title: String, epochs: Int, batch: Int = 128, rate: Float, canFlip: Bool,
    _ description: @escaping @Sendable (_ classes: Int) -> String
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.canFlip = canFlip
    augmentation = nil
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = batch
    settings.rate = rate
    self.settings = settings
  }

  init(
    _ name: String, _ title: String, settings: TrainingSettings, canFlip: Bool,
    augmentation: String, _ description: @escaping @Sendable (_ classes: Int) -> String
  ) {
    self.name = name
    self.title = title
    self.settings = settings
    self.canFlip = canFlip
    self.augmentation = augmentation
    self.description = description
  }

  /// All presets.
  public static let all = small + deepest

  /// Small ones, those of the lecture among them.
  private static let small = [
    Preset(
      "mnist-dense", "a dense layer on raw pixels, no convolution", epochs: 3, rate: 3e-3,
      canFlip: false
    ) { "flatten; dense 128 relu; dense \($0)" },
    Preset(
      "mnist-conv", "one convolutional layer", epochs: 3, rate: 3e-3, canFlip: false
    ) { "conv 64 3x3 relu; flatten; dense 32 relu; dense \($0)" },
    Preset(
      "cifar-conv", "one convolutional layer (1,845,354 parameters)", epochs: 5, rate: 2e-3,
      canFlip: true
    ) { "conv 64 3x3 relu; flatten; dense 32 relu; dense \($0)" },
    Preset(
      "cifar-pool", "convolution and pooling (462,954 parameters)", epochs: 7, rate: 3e-3,
      canFlip: true
    ) { "conv 64 3x3 relu; maxpool 2; flatten; dense 32 relu; dense \($0)" },
    deep("cifar-deep", epochs: 5, canFlip: true),
    deep("fashion-deep", epochs: 5, canFlip: true),
    Preset(
      "digits-conv", "a small network for 8×8 digits", epochs: 30, batch: 32, rate: 3e-3,
      canFlip: false
    ) {
      """
      conv 32 3x3 same relu; conv 64 3x3 same relu; maxpool 2; dropout 0.3
      flatten; dense 128 relu; dropout 0.3; dense \($0)
      """
    },
  ]

  private static func deep(_ name: String, epochs: Int, canFlip: Bool) -> Preset {
    Preset(name, "two convolutions, two poolings", epochs: epochs, rate: 2e-3, canFlip: canFlip) {
      """
      conv 64 3x3 same relu; maxpool 2; conv 64 3x3 same relu; maxpool 2
      flatten; dense 128 relu; dense \($0)
      """
    }
  }

  /// The preset of this name.
  public static func named(_ name: String) -> Preset? { all.first { $0.name == name } }

  /// What another preset would give and take, for who trains this one without having chosen it.
  public var hint: String? {
    name != "cifar-fast"
      ? nil
      : "--model cifar-94 takes about twelve times as long and is right in 91 % where this one is in 84 % "
        + "(images through JPEG); --model cifar-deep is the lecture's"
  }

  /// What to train where nobody chose: by the data set's name, else by the size of the images.
  public static func standard(
    dataSet: String, input: FeatureShape, examples: Int
  ) -> Preset {
    let byName = [
      "digits": "digits-conv", "mnist": "mnist-conv", "fashion-mnist": "fashion-deep",
      "cifar10": "cifar-fast", "cifar100": "cifar-deep",
    ]
    if let name = byName[dataSet], let preset = named(name) { return preset }
    return forImages(input, examples: examples)
  }

  /// Convolutions and poolings until the maps are small, then one value a channel.
  ///
  /// Of few images many steps are made: of a hundred, 128 at a time would be ten steps in all.
  private static func forImages(_ input: FeatureShape, examples: Int) -> Preset {
    var lines: [String] = []
    var side = min(input.height, input.width)
    var channels = 32
    while side >= 8, lines.count < 12 {
      lines += ["conv \(channels) 3x3 same relu", "maxpool 2"]
      side /= 2
      channels = min(channels * 2, 128)
    }
    let maps = lines.isEmpty ? "flatten; dense 128 relu" : lines.joined(separator: "; ")
    let end = lines.isEmpty ? "" : side <= 8 ? "; flatten; dense 128 relu" : "; globalavgpool"
    return Preset(
      "images", "convolutions and poolings until the maps are small", epochs: 10,
      batch: examples < 2048 ? 32 : 128, rate: 2e-3, canFlip: true
    ) { "\(maps)\(end); dense \($0)" }
  }
}
