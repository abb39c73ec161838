import ConvEngine
import Random
import Raster

extension Trainer {
  /// The weights that count: the average where there is one.
  var currentWeights: Weights {
    compiled.division?.finish()
    guard let average, settings.isAveraging(epochsDone: progress.step / stepsPerEpoch) else {
      return compiled.weights
    }
    return average.weights
  }

  /// The decay of the moving average at a step: the first steps would hardly move a long one, so it
  /// starts shorter.
  ///
  ///     min(decay, (1 + step) / (10 + step))
  static func averageDecay(_ decay: Float, step: Int) -> Float {
    min(decay, Float(1 + step) / Float(10 + step))
  }

  /// The moving average after a step (from 0).
  func followStep(_ step: Int) {
    if let average, let decay = settings.average {
      average.follow(Self.averageDecay(decay, step: step))
    }
  }

  /// Epochs at whose ends weights have come into the equal average.
  private var averaged: Int { settings.averaged(epochsDone: progress.step / stepsPerEpoch) }

  /// The equal average after an epoch:
  ///
  ///     average ← (n − 1)/n · average + 1/n · w          n: of the epochs that count, this one included
  ///
  /// Its running statistics are measured: those of the weights on the way would not be its own.
  ///
  /// - Throws: errors of the data.
  /// - SeeAlso: Izmailov et al., Averaging Weights Leads to Wider Optima, arXiv:1803.05407;
  ///   torch.optim.swa_utils.
  func followEpoch() throws {
    guard let average, averaged > 0 else { return }
    compiled.division?.finish()
    average.follow(Float(averaged - 1) / Float(averaged))
    if network.statisticsCount > 0 { try measureStatistics(of: average) }
  }

  /// Running means and variances of the average: equal means over the batches of the epoch that has
  /// ended, augmented as they were, but not mixed.
  private func measureStatistics(of average: WeightFollower) throws {
    let own = compiled.weights
    defer { compiled.weights = own }
    average.lead()
    for step in progress.step - stepsPerEpoch..<progress.step {
      try loader.load(request(step), next: step + 1 < plan.steps ? request(step + 1) : nil)
      let whole = plan.positions(step).count
      let share = ranks.map { BatchShare(whole: whole, $0, gradients: settings.gradients) }
      var pass = Pass(
        count: share?.examples.count ?? whole, isTraining: true,
        random: CounterRandom(seed: settings.seed, .dropout, UInt64(step)), share: share)
      pass.division = compiled.division
      pass.newestShare = 1 / Float(step % stepsPerEpoch + 1)
      guard share != nil else {
        _ = compiled.chain.forward(UnsafePointer(loader.images.base), pass)
        continue
      }
      // Ranks that have begun a step together end it together; nobody takes the gradient.
      loader.labels.withUnsafeBufferPointer { labels in
        guesses.withUnsafeMutableBufferPointer { guesses in
          // Safety: the loader and `guesses` hold a batch.
          _ = compiled.gradient(
            trained: trainedFrom, UnsafePointer(loader.images.base),
            UnsafeBufferPointer(rebasing: labels[..<pass.count]), loss,
            guesses: guesses.baseAddress!, pass)
        }
      }
    }
    average.takeStatistics()
  }
}

extension TrainingSettings {
  /// Epochs at whose ends weights have come into the equal average, of those that are done.
  fileprivate func averaged(epochsDone: Int) -> Int {
    averagesFrom.map { max(0, epochsDone - $0 + 1) } ?? 0
  }

  /// Whether the weights that are judged are those of an average: a moving one from the start, an equal one
  /// after its first epoch.
  func isAveraging(epochsDone: Int) -> Bool {
    averages && (averagesFrom == nil || averaged(epochsDone: epochsDone) > 0)
  }
}
