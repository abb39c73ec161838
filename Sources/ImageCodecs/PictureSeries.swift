/// Several pictures in one file: pages, frames of an animation, or the many channels of an array.
public struct PictureSeries: Sendable, Equatable {
  /// How many pictures there are; nil where only the end of the file tells.
  public var count: Int?
  /// How often the frames are shown, 0 for ever; nil for pages, which have no time.
  public var plays: Int?
  /// Whether the first picture is no frame, but stands for them where animations are not shown.
  public var hasStill: Bool
  /// Whether each picture is a channel of an array, of one size and one kind of samples.
  public var areChannels: Bool

  public init(
    count: Int?, plays: Int? = nil, hasStill: Bool = false, areChannels: Bool = false
  ) {
    self.count = count
    self.plays = plays
    self.hasStill = hasStill
    self.areChannels = areChannels
  }

  /// How many frames the animation has.
  public var frames: Int? {
    guard plays != nil, let count else { return nil }
    return count - (hasStill ? 1 : 0)
  }
}

/// How long a frame is shown: a fraction of a second.
public struct FrameTime: Sendable, Hashable {
  /// ≥ 0
  public var numerator: Int
  /// ≥ 1
  public var denominator: Int

  public init(_ numerator: Int, _ denominator: Int) {
    precondition(numerator >= 0 && denominator >= 1, "a time that has passed")
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The most seconds that PNG shows a frame.
  static let longest = 65535

  /// The nearest fraction whose numbers have 16 bits, as PNG takes it.
  var short: FrameTime {
    var (numerator, denominator) = (numerator, denominator)
    if numerator == 0 { return FrameTime(0, min(denominator, 1000)) }
    while numerator > 65535 || denominator > 65535 {
      if denominator == 1 { return FrameTime(Self.longest, 1) }
      // Whole divisors first, so that nothing is lost.
      let step = [10, 2, 3].first { numerator % $0 == 0 && denominator % $0 == 0 } ?? 2
      numerator = (numerator + step / 2) / step
      denominator = max(1, denominator / step)
    }
    return FrameTime(numerator, denominator)
  }
}

/// Moments of an animation in whole milliseconds: what is rounded off a frame is not lost to the next.
struct Milliseconds {
  /// Seconds so far.
  private var exact = 0.0
  private var told = 0

  /// How long the next frame is shown.
  mutating func next(_ time: FrameTime) -> Int {
    exact += Double(time.numerator) / Double(time.denominator)
    // Beyond this many seconds nobody watches; the sum stays exact below.
    let now = Int(min(exact, 1e12) * 1000 + 0.5)
    defer { told = now }
    return now - told
  }
}
