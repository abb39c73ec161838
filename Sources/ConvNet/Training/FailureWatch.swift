import Libc

/// Watches for networks that learn nothing: a loss of guessing, or one answer for everything.
///
/// Dead ReLUs after too high a rate look like this, and hours go by before anybody looks.
struct FailureWatch {
  /// Steps that are looked at together.
  static let window = 100

  private let classes: Int
  private var tally = SoftmaxCrossEntropy.Tally()
  private var guesses: [Int]
  private var steps = 0
  private var hasWarnedOfExplosion = false
  private var hasWarnedOfChance = false
  private var hasWarnedOfClass = false

  init(classes: Int) {
    self.classes = classes
    guesses = [Int](repeating: 0, count: classes)
  }

  /// A loss of so many times that of guessing is told at once: first weights give one or two times it.
  private static let explosion = 20.0

  /// Takes in a step, and returns what looks wrong after it. The first window is for warming up.
  mutating func add(
    _ more: SoftmaxCrossEntropy.Tally, guesses batch: ArraySlice<Int32>, step: Int
  ) -> [TrainingWarning] {
    tally += more
    for guess in batch { guesses[Int(guess)] += 1 }
    steps += 1
    let chance = log(Double(max(classes, 2)))
    if !hasWarnedOfExplosion && more.meanLoss > Self.explosion * chance {
      hasWarnedOfExplosion = true
      return [.exploding(step: step, loss: more.meanLoss, chance: chance)]
    }
    guard steps >= Self.window else { return [] }
    defer {
      tally = SoftmaxCrossEntropy.Tally()
      guesses = [Int](repeating: 0, count: classes)
      steps = 0
    }
    guard step > Self.window, classes >= 2 else { return [] }
    var warnings: [TrainingWarning] = []
    if !hasWarnedOfChance && tally.meanLoss > 0.985 * chance {
      hasWarnedOfChance = true
      warnings.append(.stuckAtChance(step: step, loss: tally.meanLoss, chance: chance))
    }
    let most = guesses.max()!
    if !hasWarnedOfClass && Double(most) > 0.995 * Double(tally.count) {
      hasWarnedOfClass = true
      warnings.append(.singleClass(step: step, label: guesses.firstIndex(of: most)!))
    }
    return warnings
  }
}
