extension TrainingSettings {
  /// Whether an average of the weights is kept beside them.
  var averages: Bool { average != nil || averagesFrom != nil }

  /// The group of a tensor: the first that names it.
  func group(of name: String) -> ParameterGroup? { groups.first { $0.contains(name) } }

  /// Whether a tensor changes in an epoch (from 0).
  func trains(_ slot: ParameterSlot, epoch: Int) -> Bool {
    slot.shape.learns && (group(of: slot.name)?.epochs.map { epoch < $0 } ?? true)
  }

  /// Rate and decay of a tensor at a step; nil where it does not move.
  ///
  /// - Parameter rate: that of the training at this step.
  func course(
    of slot: ParameterSlot, rate: Double, step: Int, perEpoch: Int
  ) -> ParameterCourse? {
    guard trains(slot, epoch: step / perEpoch) else { return nil }
    let group = group(of: slot.name)
    var own = rate * Double(group?.rate ?? 1)
    if let group, group.fades, let epochs = group.epochs {
      own =
        Double(self.rate) * Double(group.rate) * (1 - Double(step) / Double(epochs * perEpoch))
    }
    let factor = group?.decay ?? (slot.shape.decays ? 1 : 0)
    return ParameterCourse(rate: Float(own), decay: weightDecay * factor)
  }
}
