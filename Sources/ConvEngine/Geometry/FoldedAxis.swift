import Raster

/// An axis whose windows reach far beyond the samples, with the taps merged that meet the same
/// sample in every window.
///
/// A tap that lies before the first sample in all windows meets what any other such tap meets: with
/// `replicate` the first sample, with zeros or a constant what stands beyond the border. Under
/// `wrap` and the mirrors taps that are a period apart meet the same samples. Merged weights give
/// the very same sums, and the window is bounded by the axis, whatever the user's taps and dilation:
///
///     window ≤ max(64, 3 · (input + s) + 2)        s: from the first window's start to the last's
///
/// (s < input where the anchor visits the samples), `input ≤ window + 1` taps for a period.
package struct FoldedAxis: Sendable, Hashable {
  /// The same windows with the merged taps.
  package let axis: WindowAxis
  /// The tap of `axis` that each tap has become part of; nil where all are as they were.
  package let places: [Int]?

  /// Windows of this many samples are left as they are: they cost nothing to speak of.
  fileprivate static let harmless = 64

  /// - Parameter addsTaps: whether taps of weight 0 may appear in between (not so where a tap counts
  ///   whatever its weight, as for a maximum).
  package init(_ axis: WindowAxis, padding: Padding, addsTaps: Bool = true) {
    guard padding.isPadded, axis.window > max(Self.harmless, 2 * axis.input + 1) else {
      self.init(axis, nil)
      return
    }
    let period = padding.period(axis.input)
    switch (padding, axis.input) {
    case (.replicate, 1), (.wrap, 1), (.reflect, 1), (.reflect101, 1):
      // One sample is all there is to see.
      let only = axis.folded(taps: 1, dilation: 1, moved: axis.before)
      self.init(only, [Int](repeating: 0, count: axis.taps))
    default:
      self =
        period > 0
        ? Self.periodic(axis, period, addsTaps: addsTaps)
        : Self.cropped(axis, seesEdge: padding == .replicate)
    }
  }

  private init(_ axis: WindowAxis, _ places: [Int]?) {
    self.axis = axis
    self.places = places
  }

  /// Weights along the axis, those of merged taps added.
  package func merged<Weight: AdditiveArithmetic>(_ weights: [Weight]) -> [Weight] {
    guard let places else { return weights }
    var sums = [Weight](repeating: .zero, count: axis.taps)
    for (weight, place) in zip(weights, places) { sums[place] += weight }
    return sums
  }

  /// Keeps one tap of those that lie before all samples and one of those behind.
  ///
  /// - Parameter seesEdge: whether the samples go on beyond the border as the outermost.
  private static func cropped(_ axis: WindowAxis, seesEdge: Bool) -> FoldedAxis {
    let (first, last) = (axis.start(0), axis.start(axis.output - 1))
    // A tap at offset o lies before where last + o ≤ low, behind where first + o ≥ high.
    let (low, high) = seesEdge ? (0, axis.input - 1) : (-1, axis.input)
    let dilation = axis.dilation
    let before = low < last ? 0 : min(axis.taps, (low - last) / dilation + 1)
    let behindFrom = first >= high ? 0 : (high - first + dilation - 1) / dilation
    let behind = max(before, min(axis.taps, behindFrom))
    let (hasBefore, hasBehind) = (before > 0, behind < axis.taps)
    let middle = behind - before
    let taps = (hasBefore ? 1 : 0) + middle + (hasBehind ? 1 : 0)

    var (moved, step) = (0, dilation)
    switch middle {
    case 0:
      let (left, right) = (low - last, high - first)
      moved = hasBefore ? left : right
      step = hasBefore && hasBehind ? right - left : 1
    case 1:
      // The outer taps may come as near as they still lie outside.
      let own = before * dilation
      step = max(
        1, hasBefore ? last + own - low : 1, hasBehind ? high - first - own : 1)
      moved = own - (hasBefore ? step : 0)
    default:
      moved = hasBefore ? (before - 1) * dilation : 0
    }
    let places = (0..<axis.taps).map { tap in
      tap < before ? 0 : tap < behind ? tap - before + (hasBefore ? 1 : 0) : taps - 1
    }
    return FoldedAxis(axis.folded(taps: taps, dilation: step, moved: moved), places)
  }

  /// Lays the taps into one period.
  private static func periodic(_ axis: WindowAxis, _ period: Int, addsTaps: Bool) -> FoldedAxis {
    let dilation = axis.dilation % period
    // By whole periods, to where the first window starts at or before the first sample.
    let moved = axis.before / period * period
    if dilation == 0 {
      return FoldedAxis(
        axis.folded(taps: 1, dilation: 1, moved: moved), [Int](repeating: 0, count: axis.taps))
    }
    let step = greatestCommonDivisor(dilation, period)
    let distinct = period / step
    if !addsTaps && axis.taps < distinct {
      return FoldedAxis(
        axis.folded(taps: axis.taps, dilation: dilation, moved: moved), Array(0..<axis.taps))
    }
    var (places, place) = ([Int](), 0)
    places.reserveCapacity(axis.taps)
    for _ in 0..<axis.taps {
      places.append(place / step)
      place = (place + dilation) % period
    }
    return FoldedAxis(axis.folded(taps: distinct, dilation: step, moved: moved), places)
  }
}

extension WindowAxis {
  /// The same windows with taps as near to each other as no window tells apart; each stays a tap of its
  /// own, as members of a shape and samples that are counted must:
  ///
  ///     window ≤ max(64, 2 · input · (taps − 1) + 1)
  package func nearing(_ padding: Padding) -> WindowAxis {
    guard padding.isPadded, window > max(FoldedAxis.harmless, 2 * input + 1),
      anchor % dilation == 0,
      start(0) + anchor >= 0, start(output - 1) + anchor < input
    else { return self }
    // All taps but the anchor lie beyond the border, or show what they did whole periods further.
    let period = padding.period(input)
    let nearer = period > 0 ? (dilation - 1) % period + 1 : min(dilation, input)
    let moved = anchor / dilation * (dilation - nearer)
    return folded(taps: taps, dilation: nearer, moved: moved)
  }

  /// The same windows seen through other taps.
  ///
  /// - Parameter moved: how much later windows start, in samples.
  fileprivate func folded(taps: Int, dilation: Int, moved: Int) -> WindowAxis {
    WindowAxis(
      folding: self, taps: taps, dilation: dilation, before: before - moved, anchor: anchor - moved)
  }
}
