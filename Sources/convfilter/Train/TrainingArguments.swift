import ArgumentParser
import ConvNet

/// Options that say how a network is trained; what is not given comes from the model's preset.
struct TrainingArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Passes over the training images.", valueName: "n"))
  var epochs: Int?

  @Option(
    help: ArgumentHelp(
      "Images in a step (default: by the model, 128; 32 for a folder of few pictures).",
      valueName: "n"))
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "Peak of the learning rate (default: by the model, 0.002; sgd 0.02, muon 0.24).",
      valueName: "x"))
  var rate: NumberValue?

  @Option(
    help: "sgd, adam, adamw, or muon (for kernels, with sgd for the rest) (default: adamw).")
  var optimizer: OptimizerChoice?

  @Option(
    help: ArgumentHelp(
      "Momentum of sgd and of muon, 0 to below 1 (default: 0.9; muon 0.6).", valueName: "x"))
  var momentum: NumberValue?

  @Flag(
    inversion: .prefixedNo, help: "Look ahead with the momentum of sgd and muon (default: yes).")
  var nesterov: Bool?

  @Option(
    help: ArgumentHelp(
      "Train some tensors otherwise: 'batchnorm*.bias:rate=64,decay=0.1' (factors), 'conv1.*:epochs=3' "
        + "(in the first epochs only; 0 for never), 'conv1.bias:epochs=3,fade' (to a rate of 0 over "
        + "them). May be repeated; the first that names a tensor counts.",
      valueName: "group"))
  var group: [GroupValue] = []

  @Option(
    help: ArgumentHelp(
      "Let rates fall by this factor with every layer before the last, as is good for a trained "
        + "network that goes on learning (0.9, say; with --from and --freeze none) (default: 1).",
      valueName: "x"))
  var layerDecay: NumberValue?

  @Option(
    help: ArgumentHelp(
      "Start anew from slowly following weights every so many steps (5, say).", valueName: "steps"))
  var lookahead: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Leave out the images that fill no step at the end of an epoch (default: no).")
  var dropLast: Bool?

  @Option(
    help: ArgumentHelp(
      "constant, cosine, one-cycle, step:FACTOR,EPOCHS, or plateau:FACTOR,EPOCHS without a lower "
        + "validation loss; with :START,END behind the first three, shares of the peak at which the "
        + "rate starts and ends: START is 1 where there is no warm-up, END is 1 for constant "
        + "(default: one-cycle, from 0.2 to 0).",
      valueName: "shape"),
    completion: .list(["constant", "cosine", "one-cycle", "step:", "plateau:"]))
  var schedule: ScheduleValue?

  @Option(
    help: ArgumentHelp(
      "Share of the run in which the rate rises (default: 0.2 for one-cycle, else 0).",
      valueName: "share"))
  var warmUp: NumberValue?

  @Option(
    help: ArgumentHelp(
      "Weight decay (default: 0.02; sgd 0.0005, adam and muon 0).", valueName: "x"))
  var decay: NumberValue?

  @Option(help: ArgumentHelp("Label smoothing, 0 to below 1 (default: 0).", valueName: "x"))
  var smoothing: NumberValue?

  @Option(
    help: ArgumentHelp(
      "Weights of the classes in the loss: 'balanced', or one number a class.",
      valueName: "list"))
  var classWeights: ClassWeightsValue?

  @Option(help: ArgumentHelp("Longest gradient; longer ones are shortened.", valueName: "x"))
  var clip: NumberValue?

  @Option(
    help: ArgumentHelp(
      "Keep a moving average of the weights and statistics with this decay (0.999, say; no more than "
        + "(1 + step)/(10 + step) in the first steps) as the model.",
      valueName: "x"))
  var ema: NumberValue?

  @Option(
    help: ArgumentHelp(
      "From this epoch on take the weights at the ends of the epochs, averaged equally, as the model; "
        + "statistics of batchnorm are then measured on the training images.",
      valueName: "epoch"))
  var swa: Int?

  @Option(
    help: ArgumentHelp(
      "Stop after so many epochs without a lower loss on the validation images.",
      valueName: "epochs"))
  var patience: Int?

  @Option(help: "First weights: glorot, he, uniform, dirac or unit (default: glorot).")
  var initialization: InitializationChoice?

  @Option(
    help: ArgumentHelp(
      "none, or a list of \(AugmentationValue.expected); numbers are the largest changes, each is drawn "
        + "anew for every image and epoch (default: none up to 5 epochs; beyond, shift=2 (1 below 16 "
        + "pixels), and flip unless they are digits). --preview shows what comes of it.",
      valueName: "list"))
  var augment: AugmentationValue?

  @Option(
    help: ArgumentHelp(
      "Pictures that are made of an image to be judged together, by the report and by whoever uses "
        + "the model: 1, 2 (with its mirror image) or 6 (moved by a pixel, too) (default: by the "
        + "model, 1).", valueName: "n"))
  var views: ViewsChoice?

  @Option(
    help: ArgumentHelp(
      "How the processes of mpirun tell each other gradients of weights: f32, or bf16, half as long "
        + "and rounded to 8 bits: the weights are then others for each number of processes "
        + "(default: f32).", valueName: "format"))
  var gradients: PrecisionChoice?

  @Option(
    help: ArgumentHelp(
      "Products of convolutions and dense layers while it trains and is judged: f32, or bf16, rounded "
        + "to bfloat16 with sums in single precision, on processors with AVX512-BF16 (default: f32).",
      valueName: "name"))
  var precision: PrecisionChoice?

  @Option(
    help: ArgumentHelp("Draws weights, order and augmentation (default: 1).", valueName: "n"))
  var seed: UInt64?

  var seedInForce: UInt64 { seed ?? 1 }

  /// The options that were given, for a training that brings its own settings.
  var given: [String] {
    let all: [(String, Bool)] = [
      ("--epochs", epochs != nil), ("--batch", batch != nil), ("--rate", rate != nil),
      ("--optimizer", optimizer != nil), ("--momentum", momentum != nil),
      ("--nesterov", nesterov != nil), ("--schedule", schedule != nil),
      ("--warm-up", warmUp != nil), ("--decay", decay != nil), ("--smoothing", smoothing != nil),
      ("--class-weights", classWeights != nil), ("--clip", clip != nil), ("--ema", ema != nil),
      ("--swa", swa != nil),
      ("--patience", patience != nil), ("--initialization", initialization != nil),
      ("--augment", augment != nil), ("--views", views != nil), ("--seed", seed != nil),
      ("--group", !group.isEmpty), ("--lookahead", lookahead != nil),
      ("--drop-last", dropLast != nil), ("--layer-decay", layerDecay != nil),
      ("--gradients", gradients != nil),
      ("--precision", precision != nil),
    ]
    return all.filter(\.1).map(\.0)
  }

  /// The settings of a preset with what the user changed.
  ///
  /// - Parameter support: training images of each class.
  func settings(_ preset: TrainingSettings, support: [Int]) -> TrainingSettings {
    var settings = preset
    settings.seed = seedInForce
    if let epochs { settings.epochs = epochs }
    if let batch { settings.batch = batch }
    if let rate { settings.rate = rate.single }
    if let decay { settings.weightDecay = decay.single }
    if let smoothing { settings.smoothing = smoothing.single }
    if let schedule { settings.schedule = schedule.schedule }
    if let warmUp { settings.schedule.warmUp = warmUp.value }
    if let classWeights { settings.classWeights = classWeights.weights(support) }
    settings.clip = clip?.single ?? settings.clip
    settings.average = ema?.single ?? settings.average
    settings.averagesFrom = swa ?? settings.averagesFrom
    settings.patience = patience ?? settings.patience
    if let initialization { settings.initialization = initialization.value }
    if !group.isEmpty { settings.groups = group.map(\.group) }
    if let lookahead { settings.lookahead = Lookahead(interval: lookahead) }
    if let layerDecay { settings.layerDecay = layerDecay.single }
    if let dropLast { settings.dropsLast = dropLast }
    if let views { settings.views = views.value }
    if let gradients { settings.gradients = gradients.value }
    if let precision { settings.precision = precision.value }
    adapt(&settings)
    return settings
  }

  /// Takes the optimiser that was asked for, with what belongs to it.
  private func adapt(_ settings: inout TrainingSettings) {
    // Groups of a preset belong to its optimiser.
    if optimizer != nil, group.isEmpty { settings.groups = [] }
    // Rates and decays of the presets are those of adamw, whose decay is decoupled.
    switch optimizer {
    case .sgd:
      settings.optimizer = .sgd(momentum: momentum?.single ?? 0.9, nesterov: nesterov ?? true)
      settings.rate = rate?.single ?? 0.02
      settings.weightDecay = decay?.single ?? 5e-4
    case .adam:
      settings.optimizer = .adam()
      settings.weightDecay = decay?.single ?? 0
    case .adamw: settings.optimizer = .adamW()
    case .muon:
      settings.optimizer = .muon(momentum: momentum?.single ?? 0.6, nesterov: nesterov ?? true)
      settings.rate = rate?.single ?? 0.24
      settings.weightDecay = decay?.single ?? 0
    case nil: break
    }
  }

  func validate() throws {
    func demand<Value: Comparable>(
      _ option: String, _ value: Value?, _ allowed: String, _ isGood: (Value) -> Bool
    ) throws {
      if let value, !isGood(value) {
        throw ValidationError("\(option) \(value): must be \(allowed)")
      }
    }
    try demand("--epochs", epochs, "1 to 1000000") { (1...1_000_000).contains($0) }
    try demand("--batch", batch, "1 to 65536") { (1...65536).contains($0) }
    try rate?.check("--rate", "above 0 (1.2e-38 to 3.4e38)") { $0.single.isPositive }
    try decay?.check("--decay", "0 or more (up to 3.4e38)") {
      $0.single >= 0 && $0.single.isFinite
    }
    try clip?.check("--clip", "above 0 (1.2e-38 or more)") {
      $0.single.isPositive || $0.single == .infinity
    }
    for (option, share) in [("--momentum", momentum), ("--smoothing", smoothing), ("--ema", ema)] {
      try share?.check(option, "0 to below 1 (0.9999999 at most)") {
        $0.single >= 0 && $0.single < 1
      }
    }
    try warmUp?.check("--warm-up", "0 to below 1") { $0.value >= 0 && $0.value < 1 }
    try layerDecay?.check("--layer-decay", "above 0, up to 1") {
      $0.single.isPositive && $0.single <= 1
    }
    try demand("--swa", swa, "1 or more") { $0 >= 1 }
    try demand("--patience", patience, "1 or more") { $0 >= 1 }
    try demand("--lookahead", lookahead, "1 to 1000000") { (1...1_000_000).contains($0) }
    if swa != nil, ema != nil {
      throw ValidationError("--swa and --ema exclude each other; keep one")
    }
    if let schedule, let problem = schedule.idleNumber(warmUp: warmUp?.value) {
      throw ValidationError(problem)
    }
    if optimizer != .sgd, optimizer != .muon, momentum != nil || nesterov != nil {
      throw ValidationError("--momentum and --nesterov belong to --optimizer sgd or muon")
    }
  }
}
