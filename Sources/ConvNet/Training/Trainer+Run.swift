import ConvEngine
import Random
import Raster

extension Trainer {
  /// Trains to the end, or until told to stop.
  ///
  /// - Parameters:
  ///   - store: where checkpoints go, at the end of every epoch and when stopped; nil for nowhere.
  ///   - saveEvery: steps between further checkpoints inside an epoch; nil for none.
  ///   - clock: seconds since any moment, for the reports.
  ///   - shouldStop: asked after every step.
  ///   - onEvent: told what happens, on the calling thread.
  /// - Throws: errors of the data and of the store.
  public func run(
    store: (any CheckpointStore)? = nil, saveEvery: Int? = nil, clock: (() -> Double)? = nil,
    shouldStop: () -> Bool = { false }, onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingResult {
    onEvent(.began(plan))
    if let ranks { compiled.chain.openWindows(BatchShare(whole: plan.largestBatch, ranks)) }
    if let decay = settings.average, progress.step == 0 {
      let reached = Self.averageDecay(decay, step: plan.steps - 1)
      if reached < decay {
        onEvent(.warning(.shortAverage(steps: plan.steps, decay: decay, reached: reached)))
      }
    }
    let total = plan.steps
    var epochStart = clock?() ?? 0
    waited = 0
    while progress.step < total {
      if progress.step % stepsPerEpoch == 0, progress.hasRunOut(of: settings.patience) {
        return result(.stoppedEarly(epoch: progress.history.count - 1))
      }
      let before = progress.step
      guard try step(clock, onEvent) else { return failed(at: before) }
      if progress.step % stepsPerEpoch == 0 {
        guard weightsAreFinite else { return failed(at: before) }
        guard try endEpoch(seconds: (clock?() ?? 0) - epochStart, store, onEvent) else {
          return failed(at: before)
        }
        epochStart = clock?() ?? 0
        waited = 0
      } else if let saveEvery, progress.step % saveEvery == 0 {
        guard weightsAreFinite else { return failed(at: before) }
        try save(store)
      }
      if progress.step < total, stops(shouldStop()) {
        try save(store)
        return result(.cancelled(step: progress.step))
      }
    }
    return result(.finished)
  }

  /// All ranks call it; those that have a store save.
  private func save(_ store: (any CheckpointStore)?) throws {
    optimizer.gather()
    try store?.save(checkpoint.encoded(), as: .last)
  }

  /// Whether any rank is to stop.
  private func stops(_ isAsked: Bool) -> Bool {
    ranks.map { !$0.agree(!isAsked) } ?? isAsked
  }

  /// The rate of a step of the epoch after those done.
  private func rate(at step: Int) -> Double {
    Double(settings.rate)
      * settings.schedule.factor(
        step: step, total: plan.steps, perEpoch: stepsPerEpoch,
        losses: progress.history.compactMap(\.validationLoss))
  }

  /// This rank's examples of a step.
  func request(_ step: Int) -> BatchLoader.Request {
    let positions = plan.positions(step)
    let own =
      ranks.map { BatchShare(whole: positions.count, $0).examples } ?? 0..<positions.count
    return BatchLoader.Request(
      positions: positions.lowerBound + own.lowerBound..<positions.lowerBound + own.upperBound,
      epoch: step / stepsPerEpoch)
  }

  /// Steps between two looks at all the weights: a ReLU can hide that they are no numbers.
  private static let inspectionInterval = 50

  /// One step.
  ///
  /// - Returns: whether the loss is a number; if not, the weights are as before.
  private func step(
    _ clock: (() -> Double)?, _ onEvent: (TrainingEvent) -> Void
  ) throws -> Bool {
    let step = progress.step
    let epoch = step / stepsPerEpoch
    let positions = plan.positions(step)
    let count = positions.count
    if positions.lowerBound == 0 { progress.tally = SoftmaxCrossEntropy.Tally() }
    let share = ranks.map { BatchShare(whole: count, $0, gradients: settings.gradients) }
    let own = share?.examples ?? 0..<count
    let timer = readsFiles ? clock : nil
    let asked = timer?() ?? 0
    try loader.load(request(step), next: step + 1 < plan.steps ? request(step + 1) : nil)
    waited += (timer?() ?? 0) - asked
    var pass = Pass(
      count: own.count, isTraining: true,
      random: CounterRandom(seed: settings.seed, .dropout, UInt64(step)), share: share)
    pass.division = compiled.division
    let tally = gradient(pass, step: step)
    guard tally.loss.isFinite else { return false }
    let rate = rate(at: step)
    var scale: Float = 1
    if let clip = settings.clip {
      let norm = optimizer.gradientNorm(step: step)
      guard norm.isFinite else { return false }
      if norm > Double(clip) { scale = Float(Double(clip) / norm) }
    }
    optimizer.update(rate: rate, step: step, gradientScale: scale)
    if average != nil || slow != nil { compiled.division?.finish() }
    followStep(step)
    progress.step += 1
    if let slow, let share = settings.lookahead?.share(after: progress.step, of: plan.steps) {
      slow.follow(share)
      slow.lead()
    }
    progress.tally += tally
    onEvent(
      .step(
        StepReport(
          epoch: epoch, stepInEpoch: step % stepsPerEpoch + 1, step: progress.step,
          loss: tally.meanLoss, epochLoss: progress.tally.meanLoss,
          epochAccuracy: progress.tally.accuracy, rate: rate)))
    for warning in watch.add(tally, guesses: guesses[..<count], step: progress.step) {
      onEvent(.warning(warning))
    }
    return progress.step % Self.inspectionInterval != 0 || weightsAreFinite
  }

  /// The first layer that anything is trained in at present: the gradient need not go beyond it.
  var trainedFrom: Int {
    let epoch = progress.step / stepsPerEpoch
    func trains(_ node: LayerNode) -> Bool {
      node.slots.contains { settings.trains($0, epoch: epoch) }
        || node.branches.contains { $0.contains(where: trains) }
    }
    return network.nodes.firstIndex(where: trains) ?? network.nodes.count
  }

  /// Forwards and backwards over the batch in the loader: the gradient of the mean loss.
  ///
  /// - Parameter step: draws how pairs are mixed.
  func gradient(_ pass: Pass, step: Int) -> SoftmaxCrossEntropy.Tally {
    var mix: Mixup?
    if settings.mixup > 0, pass.share?.whole ?? pass.count > 1 {
      mix = Mixup(alpha: settings.mixup, seed: settings.seed, step: step)
      // Safety: the loader holds a batch, or this rank's examples of it.
      let (images, size) = (loader.images.base, network.input.count)
      if let share = pass.share {
        mix?.apply(to: images, size: size, share, others: &partners)
      } else {
        mix?.apply(to: images, count: pass.count, size: size)
      }
    }
    return loader.labels.withUnsafeBufferPointer { labels in
      guesses.withUnsafeMutableBufferPointer { guesses in
        // Safety: the loader and `guesses` hold a batch.
        compiled.gradient(
          trained: trainedFrom,
          UnsafePointer(loader.images.base), UnsafeBufferPointer(rebasing: labels[..<pass.count]),
          loss, guesses: guesses.baseAddress!, pass, mix: mix)
      }
    }
  }

  private var weightsAreFinite: Bool {
    compiled.division?.finish()
    return VectorSum.squares(compiled.weightBuffer.count, UnsafePointer(compiled.weightBuffer.base))
      .isFinite
  }

  /// Judges the weights and saves them.
  ///
  /// - Returns: false where the validation loss is no number; nothing is saved then.
  private func endEpoch(
    seconds: Double, _ store: (any CheckpointStore)?, _ onEvent: (TrainingEvent) -> Void
  ) throws -> Bool {
    try followEpoch()
    let weights = currentWeights
    let epoch = progress.step / stepsPerEpoch - 1
    var report = EpochReport(
      epoch: epoch, loss: progress.tally.meanLoss, accuracy: progress.tally.accuracy,
      validationLoss: nil, validationAccuracy: nil,
      rate: rate(at: progress.step - 1),
      seconds: seconds, isBest: false, waited: waited)
    if let evaluator, let validation {
      evaluator.weights = weights
      if let evaluation = try evaluator.evaluate(validation) {
        guard evaluation.loss.isFinite else { return false }
        report.validationLoss = evaluation.loss
        report.validationAccuracy = evaluation.accuracy
        report.isBest = progress.isBest(evaluation)
      }
    }
    good = weights
    if report.isBest {
      progress.bestEpoch = epoch
      best = weights
    }
    progress.history.append(report)
    // The best first: a run killed in between does the epoch again and writes the same.
    if report.isBest { try store?.save(ModelFile.encode(model(weights)), as: .best) }
    try save(store)
    onEvent(.epoch(report))
    return true
  }

  private func failed(at step: Int) -> TrainingResult {
    var result = result(.nonFinite(step: step))
    result.last = model(good)
    if best == nil { result.best = result.last }
    return result
  }

  private func result(_ end: TrainingEnd) -> TrainingResult {
    let last = model(currentWeights)
    return TrainingResult(
      end: end, best: best.map { model($0) } ?? last, bestEpoch: progress.bestEpoch, last: last,
      history: progress.history)
  }
}
