/// What does not fit along an axis.
public enum GeometryError: Error, Equatable, Sendable {
  /// The window spans more samples than the padded axis has.
  case windowTooLarge(window: Int, padded: Int)
  /// A length, a number of taps, a stride or a dilation below 1, or a padding below 0.
  case notPositive(what: String, value: Int)
  /// A length that no integer holds.
  case overflow
}

extension GeometryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .windowTooLarge(let window, let padded):
      "the window spans \(window) samples but the padded axis has only \(padded)"
    case .notPositive(let what, let value): "the \(what) is \(value); it is too small"
    case .overflow: "the window spans more samples than can be counted"
    }
  }
}

/// Where windows lie along one axis of a picture or of a feature map.
///
///     out = ⌊(input + before + after − window) / stride⌋ + 1
///     window = dilation · (taps − 1) + 1
///
/// - SeeAlso: Dumoulin & Visin, arXiv:1603.07285, relationship 15.
public struct WindowAxis: Sendable, Hashable {
  /// Length of the axis, in samples (≥ 1).
  public let input: Int
  /// Taps of the window (≥ 1).
  public let taps: Int
  /// Distance between windows, in samples (≥ 1); 1 where there is only one.
  public let stride: Int
  /// Distance between taps, in samples (≥ 1).
  public let dilation: Int
  /// Samples added on either side (≥ 0).
  public let before: Int
  public let after: Int
  /// Where the output sample stands within its window, in samples from the window's start.
  public let anchor: Int
  /// Number of windows (≥ 1).
  public let output: Int

  /// - Parameter anchor: in samples from the window's start; nil for `before`.
  /// - Throws: `GeometryError.windowTooLarge` when no window fits.
  public init(
    input: Int, taps: Int, stride: Int = 1, dilation: Int = 1, before: Int = 0, after: Int = 0,
    anchor: Int? = nil
  ) throws(GeometryError) {
    for (what, value, least) in [
      ("length", input, 1), ("number of taps", taps, 1), ("stride", stride, 1),
      ("dilation", dilation, 1), ("padding before", before, 0), ("padding after", after, 0),
    ] where value < least {
      throw .notPositive(what: what, value: value)
    }
    let (reach, tooFar) = dilation.multipliedReportingOverflow(by: taps - 1)
    let (padded, tooLong) = input.addingReportingOverflow(before)
    let (all, tooLongStill) = padded.addingReportingOverflow(after)
    if tooFar || tooLong || tooLongStill || reach == .max { throw .overflow }
    if reach + 1 > all { throw .windowTooLarge(window: reach + 1, padded: all) }
    self.input = input
    self.taps = taps
    self.dilation = dilation
    self.before = before
    self.after = after
    self.anchor = anchor ?? before
    output = Self.windows(window: reach + 1, in: all, stride: stride)
    // A single window is as far from the next as one likes: the number may be beyond all others.
    self.stride = output == 1 ? 1 : stride
  }

  /// The windows of `axis` with other taps; their number stays.
  init(folding axis: WindowAxis, taps: Int, dilation: Int, before: Int, anchor: Int) {
    input = axis.input
    self.taps = taps
    stride = axis.stride
    self.dilation = dilation
    self.before = before
    self.anchor = anchor
    output = axis.output
    let end = (output - 1) * stride - before + dilation * (taps - 1) + 1
    after = max(0, end - input)
  }

  /// Padded so that the anchor visits every `stride`-th sample from the first, or not at all.
  ///
  /// - Parameter anchor: the tap that meets the output sample (0 ..< taps).
  public init(
    input: Int, taps: Int, anchor: Int, stride: Int, dilation: Int, padded: Bool
  ) throws(GeometryError) {
    precondition((0..<max(taps, 1)).contains(anchor), "the anchor is a tap")
    let reach = dilation.multipliedReportingOverflow(by: taps - 1)
    if reach.overflow { throw .overflow }
    let offset = anchor * dilation
    try self.init(
      input: input, taps: taps, stride: stride, dilation: dilation, before: padded ? offset : 0,
      after: padded ? reach.partialValue - offset : 0, anchor: offset)
  }

  /// Padded as a layer asks for, or by the anchor where it asks for nothing.
  ///
  /// - Parameter extent: the padding for a length, a span and a stride.
  package init(
    input: Int, taps: Int, anchor: Int, stride: Int, dilation: Int, padded: Bool,
    extent: ((Int, Int, Int) -> (before: Int, after: Int))?
  ) throws(GeometryError) {
    let reach = dilation.multipliedReportingOverflow(by: taps - 1)
    guard let extent, min(input, stride, dilation) >= 1, !reach.overflow, reach.partialValue < .max
    else {
      try self.init(
        input: input, taps: taps, anchor: anchor, stride: stride, dilation: dilation, padded: padded
      )
      return
    }
    let padding = extent(input, reach.partialValue + 1, stride)
    try self.init(
      input: input, taps: taps, stride: stride, dilation: dilation, before: padding.before,
      after: padding.after, anchor: anchor * dilation)
  }

  /// How many windows fit; below 1 where none does.
  ///
  ///     ⌊(padded − window) / stride⌋ + 1
  ///
  /// - Parameters:
  ///   - window: samples that it spans (≥ 1).
  ///   - padded: length of the axis with its padding, in samples.
  ///   - stride: samples between windows (≥ 1).
  public static func windows(window: Int, in padded: Int, stride: Int) -> Int {
    let room = padded - window
    return room < 0 ? (room + 1) / stride : room / stride + 1
  }

  /// Samples that a window spans.
  public var window: Int { dilation * (taps - 1) + 1 }

  /// The first sample of window `index`, negative within the padding.
  public func start(_ index: Int) -> Int { index * stride - before }

  /// The sample that the output of window `index` stands for: the nearest where it would lie beyond
  /// the border.
  public func anchorSample(_ index: Int) -> Int { min(max(start(index) + anchor, 0), input - 1) }

  /// The windows that touch no padding (may be empty).
  public var innerWindows: Range<Int> {
    let first = min(output, max(0, (before + stride - 1) / stride))
    let room = input + before - window
    let end = room < 0 ? 0 : min(output, room / stride + 1)
    return first < end ? first..<end : first..<first
  }

  /// The taps of window `index` that lie on samples rather than on padding.
  public func liveTaps(_ index: Int) -> Range<Int> {
    let start = start(index)
    let first = start >= 0 ? 0 : (-start + dilation - 1) / dilation
    let last = (input - 1 - start) / dilation
    return input - 1 < start ? 0..<0 : min(first, taps)..<max(min(first, taps), min(last + 1, taps))
  }
}
