import Testing

@testable import ConvEngine

@Suite("Folded axes")
struct FoldedAxisTests {
  static let paddings: [Padding] = [
    .zero, .constant(7), .replicate, .reflect, .reflect101, .wrap, .truncate,
  ]

  /// What a window weighs each sample with; `nil` stands for what lies beyond the border.
  private func weights(
    _ axis: WindowAxis, _ weights: [Int], window: Int, _ padding: Padding
  ) -> [Int?: Int] {
    var sums: [Int?: Int] = [:]
    for (tap, weight) in weights.enumerated() {
      let position = axis.start(window) + tap * axis.dilation
      sums[padding.source(position, count: axis.input), default: 0] += weight
    }
    return sums.filter { $0.value != 0 }
  }

  @Test(
    "merged taps weigh every sample as the definition does, in every window", arguments: paddings)
  func sameWeights(padding: Padding) throws {
    for input in [1, 2, 3, 5, 31] {
      for taps in [1, 2, 3, 4, 9, 70, 201] {
        for dilation in [1, 2, 7, 31, 62, 100, 4000] {
          for (stride, anchor) in [(1, taps / 2), (3, 0), (1, taps - 1), (40, taps / 3)] {
            let axis = try WindowAxis(
              input: input, taps: taps, anchor: anchor, stride: stride, dilation: dilation,
              padded: true)
            let folded = FoldedAxis(axis, padding: padding)
            // Distinct powers would overflow; distinct odd numbers tell merged taps apart well enough.
            let given = (0..<taps).map { 2 * $0 + 1 }
            let merged = folded.merged(given)
            #expect(folded.axis.output == axis.output)
            #expect(folded.axis.window <= max(64, 6 * input + 2))
            for window in 0..<axis.output {
              #expect(
                weights(folded.axis, merged, window: window, padding)
                  == weights(axis, given, window: window, padding))
              #expect(folded.axis.anchorSample(window) == axis.anchorSample(window))
            }
          }
        }
      }
    }
  }

  @Test("windows of a layer's own padding are folded alike", arguments: paddings)
  func ownPadding(padding: Padding) throws {
    for (before, after) in [(0, 500), (500, 0), (120, 90), (300, 301)] {
      for (taps, dilation) in [(101, 1), (3, 41), (2, 97), (21, 5)] {
        let axis = try WindowAxis(
          input: 7, taps: taps, stride: 2, dilation: dilation, before: before, after: after)
        let folded = FoldedAxis(axis, padding: padding)
        let given = (0..<taps).map { 2 * $0 + 1 }
        for window in 0..<axis.output {
          #expect(
            weights(folded.axis, folded.merged(given), window: window, padding)
              == weights(axis, given, window: window, padding))
        }
      }
    }
  }

  @Test(
    "where no tap may be added, the samples that a window sees stay the same", arguments: paddings)
  func sameSamples(padding: Padding) throws {
    for (input, taps, dilation) in [(5, 40, 2), (5, 3, 1000), (12, 5, 33), (1, 90, 1), (4, 7, 24)] {
      let axis = try WindowAxis(
        input: input, taps: taps, anchor: taps / 2, stride: 1, dilation: dilation, padded: true)
      let folded = FoldedAxis(axis, padding: padding, addsTaps: false).axis
      for window in 0..<axis.output {
        func samples(_ axis: WindowAxis) -> Set<Int?> {
          Set(
            (0..<axis.taps).map {
              padding.source(axis.start(window) + $0 * axis.dilation, count: axis.input)
            })
        }
        #expect(samples(folded) == samples(axis))
      }
    }
  }

  @Test("taps that come nearer see what they saw, one by one", arguments: paddings)
  func nearer(padding: Padding) throws {
    for input in [1, 2, 3, 5, 31] {
      for (taps, dilation) in [(2, 100), (3, 30_000_001), (5, 3_000_001), (4, 31), (70, 7)] {
        for (stride, anchor) in [(1, taps / 2), (3, 0), (1, taps - 1)] {
          let axis = try WindowAxis(
            input: input, taps: taps, anchor: anchor, stride: stride, dilation: dilation,
            padded: true)
          let nearer = axis.nearing(padding)
          #expect(nearer.window <= max(64, 2 * input * (taps - 1) + 1))
          #expect(nearer.output == axis.output && nearer.taps == taps)
          for window in 0..<axis.output {
            func samples(_ axis: WindowAxis) -> [Int?] {
              (0..<taps).map {
                padding.source(axis.start(window) + $0 * axis.dilation, count: input)
              }
            }
            #expect(samples(nearer) == samples(axis))
            #expect(nearer.anchorSample(window) == axis.anchorSample(window))
          }
        }
      }
    }
  }

  @Test("windows that a layer pads otherwise keep their taps where they are")
  func leavesOwnPadding() throws {
    let axis = try WindowAxis(input: 5, taps: 2, dilation: 100, before: 100, after: 100, anchor: 0)
    #expect(axis.nearing(.zero) == axis)
  }

  @Test("what is no larger than the picture stays as it is")
  func leavesSmallWindows() throws {
    let axis = try WindowAxis(
      input: 100, taps: 5, anchor: 2, stride: 1, dilation: 50, padded: true)
    #expect(FoldedAxis(axis, padding: .replicate).axis == axis)
    #expect(FoldedAxis(axis, padding: .replicate).merged([1, 2, 3, 4, 5]) == [1, 2, 3, 4, 5])
  }
}
