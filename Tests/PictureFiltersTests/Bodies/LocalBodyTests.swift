import CConvKernels
import KernelLanguage
import PictureFilters
import TestSupport
import Testing

/// Filters whose weights depend on the picture, on every instruction set, against plain loops.
@Suite struct LocalBodyTests {
  private static let sets = MicroKernels.available.indices

  @Test("bilateral means equal those pixel by pixel", arguments: sets)
  func bilateral(set: Int) {
    for (size, colors, channels) in [
      (1, 1, 1), (3, 3, 3), (5, 3, 3), (5, 1, 1), (7, 4, 4), (5, 3, 4), (3, 1, 2), (13, 1, 1),
      (19, 1, 1),
    ] {
      for input in [Element.uint8, .uint16] {
        let kind = Bilateral(
          size: size, sigmaColor: input == .uint8 ? 60 : 15000, sigmaSpace: 2)
        let accepting = checkBodies(
          LikenessRequest(kind, colors: colors, channels: channels, input: input),
          against: ScalarBilateral(kind: kind, colors: colors, channels: channels, input: input),
          set: set, widths: (size > 5 ? [1, 70] : [1, 2, 15, 33, 530]).map { $0 * channels },
          rows: 5, seed: size)
        #expect(accepting.count == (size == 19 ? 1 : 2))
      }
    }
  }

  @Test("bilateral windows whose weights would not stay in the caches", arguments: sets)
  func largeBilateral(set: Int) {
    let kind = Bilateral(size: 31, sigmaColor: 60, sigmaSpace: 9)
    let accepting = checkBodies(
      LikenessRequest(kind, colors: 3, channels: 3, input: .uint8),
      against: ScalarBilateral(kind: kind, colors: 3, channels: 3, input: .uint8), set: set,
      widths: [27], rows: 5, seed: 31)
    #expect(accepting == ["weights of all taps"])
  }

  @Test("non-local means equal those pixel by pixel", arguments: sets)
  func nonLocal(set: Int) {
    for (template, search, colors, channels) in [
      (7, 5, 1, 1), (3, 7, 3, 3), (1, 3, 3, 4), (5, 1, 4, 4), (9, 3, 1, 2),
    ] {
      for input in [Element.uint8, .uint16] {
        let kind = NonLocalMeans(strength: 30, template: template, search: search)
        checkBodies(
          LikenessRequest(kind, colors: colors, channels: channels, input: input),
          against: ScalarNonLocal(kind: kind, colors: colors, channels: channels, input: input),
          set: set, widths: ([1, 7, 40] + (search == 3 ? [300] : [])).map { $0 * channels },
          rows: 5, seed: template)
      }
    }
  }

  @Test("local normalisation equals that window by window", arguments: sets)
  func moments(set: Int) {
    for (rows, columns, step) in [(1, 1, 1), (3, 5, 1), (4, 2, 3), (31, 31, 1), (5, 7, 4)] {
      for input in [Element.uint8, .uint16] {
        let top = input == .uint8 ? 255.0 : 65535.0
        let anchor = Kernel.Anchor(x: columns - 1, y: rows / 2)
        for extreme in [false, true] {
          let accepting = checkBodies(
            MomentsRequest(
              rows: rows, columns: columns, anchor: anchor, sampleStep: step, input: input,
              mean: 0.5 * top, deviation: 0.2 * top, floor: 0.01 * top),
            against: ScalarMoments(
              windowRows: rows, columns: columns, anchor: anchor, sampleStep: step, input: input,
              floor: 0.01 * top),
            set: set, widths: [1, 3, 17, 64, 131], rows: 5, seed: rows, extreme: extreme)
          #expect(accepting.count == (input == .uint8 ? 2 : 1))
        }
      }
    }
  }

  @Test("levels between curves equal the formula's", arguments: sets)
  func curves(set: Int) {
    var generator = SplitMix(4)
    let curves = (0..<256).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) }
    for count in [1, 7, 8, 40, 67] {
      let samples = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let across = (0..<count).map { _ in Float.random(in: 0..<1, using: &generator) }
      let down = Float.random(in: 0..<1, using: &generator)
      var got = [UInt8](repeating: 0, count: count + 1)
      got[count] = 0xA5
      MicroKernels.available[set].table.pointee.local.between_curves(
        curves, across, down, samples, &got, count)
      #expect(got[count] == 0xA5)
      for x in 0..<count {
        let values = (0..<4).map { Float(curves[Int(samples[x])] >> (8 * UInt32($0)) & 255) }
        let above = values[0] * (1 - across[x]) + values[1] * across[x]
        let below = values[2] * (1 - across[x]) + values[3] * across[x]
        let level = above * (1 - down) + below * down
        #expect(got[x] == UInt8(level.rounded(.toNearestOrEven)))
      }
    }
  }
}
