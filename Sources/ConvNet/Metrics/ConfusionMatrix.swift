/// How often examples of one class were taken for another.
public struct ConfusionMatrix: Sendable, Hashable {
  public let classes: Int
  /// `counts[truth · classes + guess]`.
  public private(set) var counts: [Int]

  public init(classes: Int) {
    precondition(classes >= 1, "at least one class")
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
  }

  public mutating func add(truth: Int, guess: Int) {
    precondition(truth >= 0 && truth < classes && guess >= 0 && guess < classes, "known classes")
    counts[truth * classes + guess] += 1
  }

  public subscript(truth: Int, guess: Int) -> Int { counts[truth * classes + guess] }

  /// Examples in all.
  public var total: Int { counts.reduce(0, +) }

  /// Right answers.
  public var correct: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

  /// The share of right answers; 0 without examples.
  public var accuracy: Double { Self.ratio(correct, total) }

  /// A class that was taken for another.
  public struct Confusion: Sendable, Hashable {
    public var truth: Int
    public var guess: Int
    public var count: Int
  }

  /// The pairs of classes that were confused most often, most often first; of equals the first by
  /// number.
  public func mostConfused(_ limit: Int) -> [Confusion] {
    var pairs: [Confusion] = []
    for truth in 0..<classes {
      for guess in 0..<classes where guess != truth && self[truth, guess] > 0 {
        pairs.append(Confusion(truth: truth, guess: guess, count: self[truth, guess]))
      }
    }
    pairs.sort {
      ($1.count, $0.truth, $0.guess) < ($0.count, $1.truth, $1.guess)
    }
    return Array(pairs.prefix(limit))
  }

  /// Precision, recall and F1 of one class.
  public struct ClassScore: Sendable, Hashable {
    /// Of what was taken for the class, the share that is; 0 where nothing was.
    public var precision: Double
    /// Of what is the class, the share that was found; 0 where there is none.
    public var recall: Double
    /// 2·precision·recall / (precision + recall); 0 where both are.
    public var f1: Double
    /// Examples of the class.
    public var support: Int
  }

  public func score(_ label: Int) -> ClassScore {
    let hits = self[label, label]
    let support = (0..<classes).reduce(0) { $0 + self[label, $1] }
    let guessed = (0..<classes).reduce(0) { $0 + self[$1, label] }
    return ClassScore(
      precision: Self.ratio(hits, guessed), recall: Self.ratio(hits, support),
      f1: Self.ratio(2 * hits, guessed + support), support: support)
  }

  public var scores: [ClassScore] { (0..<classes).map { score($0) } }

  /// The mean over the classes that occur among labels or answers, each counting the same.
  public var macroAverage: ClassScore {
    average((0..<classes).filter(occurs).map { (score($0), 1) })
  }

  private func occurs(_ label: Int) -> Bool {
    (0..<classes).contains { self[label, $0] > 0 || self[$0, label] > 0 }
  }

  /// The mean over classes, every class counting by its support.
  public var weightedAverage: ClassScore { average(scores.map { ($0, Double($0.support)) }) }

  private func average(_ scores: [(ClassScore, Double)]) -> ClassScore {
    let weight = scores.reduce(0) { $0 + $1.1 }
    func mean(_ value: (ClassScore) -> Double) -> Double {
      weight > 0 ? scores.reduce(0) { $0 + value($1.0) * $1.1 } / weight : 0
    }
    return ClassScore(
      precision: mean { $0.precision }, recall: mean { $0.recall }, f1: mean { $0.f1 },
      support: total)
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double {
    whole > 0 ? Double(part) / Double(whole) : 0
  }
}
