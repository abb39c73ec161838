extension Preset {
  /// Networks for the best accuracy, with recipes of their own.
  static let deepest = [
    cifarFast, cifar94, cifar96, resnet18, resnet18ImageNet, fashionBest, mnistBest,
  ]

  /// - SeeAlso: K. Jordan, 94 % on CIFAR-10 in 3.29 seconds, arXiv:2404.00498 (airbench94, Muon).
  private static let cifar94 = Preset(
    "cifar-94", "airbench94: six convolutions after a whitened one",
    settings: muon(epochs: 8, batch: 2000, whitening: 3), canFlip: true,
    augmentation: "flip,shift=2"
  ) { whitened(24, [64, 256, 256], head: head("unit; scale 1/256", classes: $0)) }

  /// A quarter of the places and half of the channels make a tenth of the products of `cifar-94`. Half of its rate
  /// was the best of 0.09, 0.12, 0.16 and 0.24.
  private static let cifarFast = Preset(
    "cifar-fast", "four convolutions after a whitened one that halves the sides",
    settings: muon(epochs: 6, batch: 500, whitening: 1, rate: 0.12), canFlip: true,
    augmentation: "flip,shift=1"
  ) {
    whitened(
      32, patch: "4x4 stride 2", [64, 128],
      head: "globalmaxpool; dense \($0) nobias unit; scale 1/256")
  }

  private static let fashionBest = Preset(
    "fashion-best", "as cifar-94 for gray images", settings: airbench(epochs: 12, batch: 512),
    canFlip: true, augmentation: "flip,shift=2"
  ) { whitened(8, [64, 128, 128], head: head("uniform; scale 1/9", classes: $0)) }

  private static let mnistBest = Preset(
    "mnist-best", "as fashion-best, never mirrored",
    settings: airbench(epochs: 8, batch: 512, views: .one), canFlip: false, augmentation: "shift=2"
  ) { whitened(8, [32, 64, 64], head: head("uniform; scale 1/9", classes: $0)) }

  /// Without the small network that picks half of each batch: every example is trained on.
  ///
  /// - SeeAlso: K. Jordan, cifar10-airbench, legacy/airbench96.py: 4.9 PFLOP.
  private static let cifar96 = Preset(
    "cifar-96", "airbench96: ten convolutions, wider, with shortcuts (9.9 million parameters)",
    settings: airbench(epochs: 37, batch: 1024, rate: 9, decay: 0.012, warmUp: 0.1, end: 0),
    canFlip: true, augmentation: "flip,shift=4,cutout=12"
  ) { classes in
    let norm = "batchnorm epsilon 1e-12 noscale"
    let conv = { (channels: Int) in "conv \(channels) 3x3 same nobias dirac" }
    let blocks = [128, 384, 512].map {
      "\(conv($0)); maxpool 2; \(norm); gelu\n"
        + "residual { \(conv($0)); \(norm); gelu; \(conv($0)); \(norm) } gelu"
    }
    return
      (["conv 24 2x2 whitened gelu"] + blocks
      + ["maxpool 3; flatten; dense \(classes) nobias uniform; scale 1/9"])
      .joined(separator: "\n")
  }

  /// A whitened convolution, then groups of two convolutions with a pooling behind the first.
  ///
  /// - Parameters:
  ///   - filters: of the whitened convolution: at most twice the values of a patch.
  ///   - head: what follows, from maps of 3 by 3.
  private static func whitened(
    _ filters: Int, patch: String = "2x2", _ groups: [Int], head: String
  ) -> String {
    let norm = "batchnorm momentum 0.4 epsilon 1e-12 noscale"
    let conv = { (channels: Int) in "conv \(channels) 3x3 same nobias dirac" }
    let blocks = groups.map {
      "\(conv($0)); maxpool 2; \(norm); gelu; \(conv($0)); \(norm); gelu"
    }
    return (["conv \(filters) \(patch) whitened gelu"] + blocks + [head]).joined(separator: "\n")
  }

  /// - Parameter end: how the dense layer starts, and the scaling of the logits.
  private static func head(_ end: String, classes: Int) -> String {
    "maxpool 3; flatten; dense \(classes) nobias \(end)"
  }

  /// The recipe of airbench94, its summed loss turned into a mean one:
  ///
  ///     k = 1024·(1 + 1/(1 − 0.85)),   rate = 11.5·1024/k = 1.5,   decay = 0.0153·1024/k / rate
  ///
  /// - Parameters:
  ///   - rate, decay: 11.5 and 0.0153 above.
  ///   - warmUp, end: shares of the run and of the peak.
  private static func airbench(
    epochs: Int, batch: Int, rate: Float = 11.5, decay: Float = 0.0153, warmUp: Double = 0.23,
    end: Double = 0.07, views: Views = .six
  ) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = batch
    settings.optimizer = .sgd(momentum: 0.85, nesterov: true)
    // The mean over a batch: rates grow with it, the decay of a step too.
    let peak = rate / (1 + 1 / 0.15)
    settings.rate = peak * Float(batch) / 1024
    settings.weightDecay = decay / (1 + 1 / 0.15) / peak
    settings.smoothing = 0.2
    settings.schedule = Schedule(.linear, warmUp: warmUp, start: 0.2, end: end)
    settings.groups = [
      ParameterGroup("batchnorm*.bias", rate: 64, decay: 1 / 64),
      ParameterGroup("conv1.bias", decay: 1, epochs: 3),
    ]
    settings.lookahead = Lookahead()
    settings.dropsLast = true
    settings.views = views
    return settings
  }

  /// The recipe of airbench94 with Muon: rates of 0.053 for biases and 0.67 for the head, on the summed
  /// loss; a step takes 2·10⁻⁶·batch of each of them away.
  ///
  /// - Parameters:
  ///   - whitening: epochs in which the bias of the whitened convolution is trained.
  ///   - rate: of the kernels; the others follow it.
  private static func muon(
    epochs: Int, batch: Int, whitening: Int, rate: Float = 0.24
  ) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = batch
    settings.optimizer = .muon(momentum: 0.6, nesterov: true, others: 0.85)
    settings.rate = rate
    settings.weightDecay = 2e-6 * Float(batch)
    settings.smoothing = 0.2
    settings.schedule = Schedule(.linear)
    func group(_ pattern: String, _ rate: Float, epochs: Int? = nil) -> ParameterGroup {
      // The mean loss here: rates grow with the batch.
      let mean = rate * Float(batch)
      return ParameterGroup(
        pattern, rate: mean / 0.24, decay: 1 / mean, epochs: epochs, fades: epochs != nil)
    }
    settings.groups = [
      group("conv1.bias", 0.053, epochs: whitening), group("batchnorm*.bias", 0.053),
      group("dense1.weight", 0.67),
    ]
    settings.dropsLast = true
    settings.views = .six
    return settings
  }

  private static func resNet(
    epochs: Int, batch: Int, rate: Float, decay: Float, warmUp: Double
  ) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.epochs = epochs
    settings.batch = batch
    settings.optimizer = .sgd(momentum: 0.9, nesterov: true)
    settings.rate = rate
    settings.weightDecay = decay
    settings.schedule = Schedule(.cosine, warmUp: warmUp)
    settings.initialization = .he
    return settings
  }

  /// - SeeAlso: torchvision, references/classification: the recipe of its ResNets, with a cosine.
  private static let resnet18ImageNet = Preset(
    "resnet18-imagenet", "18 layers with shortcuts, for images of about 224×224",
    // A rate of 0.1 for batches of 256.
    settings: resNet(epochs: 90, batch: 64, rate: 0.025, decay: 1e-4, warmUp: 0.05), canFlip: true,
    augmentation: "flip=random,part=0.08"
  ) { classes in
    (PublishedNetwork.resNetLayers([2, 2, 2, 2]) + ["dense \(classes)"]).joined(separator: "\n")
  }

  /// - SeeAlso: He et al., Deep Residual Learning, arXiv:1512.03385, in the form for small images.
  private static let resnet18 = Preset(
    "resnet18", "18 layers with shortcuts, for small images (11.2 million parameters)",
    settings: resNet(epochs: 30, batch: 128, rate: 0.1, decay: 5e-4, warmUp: 0.1), canFlip: true,
    augmentation: "flip=random,shift=4"
  ) { classes in
    (["conv 64 3x3 same nobias; batchnorm; relu"]
      + PublishedNetwork.resNetBlocks([2, 2, 2, 2], padding: "same")
      + ["globalavgpool", "dense \(classes)"]).joined(separator: "\n")
  }
}
