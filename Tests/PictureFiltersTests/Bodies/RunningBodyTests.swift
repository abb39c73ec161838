import KernelLanguage
import PictureFilters
import Testing

/// Running sums and running extremes, on every instruction set, against window by window.
@Suite struct RunningBodyTests {
  @Test("a box equals the correlation with ones", arguments: MicroKernels.available.indices)
  func box(set: Int) {
    for (round, (rows, columns)) in [
      (4, 4), (1, 12), (12, 1), (15, 15), (16, 16), (17, 16), (3, 10), (40, 3), (5, 23),
    ].enumerated() {
      for input in [Element.uint8, .uint16] {
        for step in [1, 3, 5] {
          let count = Int64(rows * columns)
          let rounding = Rounding(addend: count / 2, divisor: count)
          let stride = round % 3 + 1
          let accepting = checkBodies(
            BodyRequest(
              .ones(rows: rows, columns: columns), sampleStep: step, rowStride: stride,
              input: input, output: input, rounding: rounding),
            set: set, widths: [1, 64, 97], rows: 7, seed: round, extreme: step == 5)
          #expect(accepting.contains("running sums in 32 bits"))
        }
      }
    }
  }

  @Test("running extremes equal the extremes of windows", arguments: MicroKernels.available.indices)
  func extremum(set: Int) {
    for (round, (rows, columns)) in [
      (1, 1), (2, 2), (3, 3), (1, 7), (7, 1), (5, 8), (20, 13), (4, 33),
    ].enumerated() {
      for input in [Element.uint8, .uint16] {
        for stride in 1...3 {
          let step = (round + stride) % 4 + 1
          let accepting = checkBodies(
            RankRequest(
              round % 2 == 0 ? .largest : .smallest,
              of: StructuringElement(width: columns, height: rows), channels: step,
              rowStride: stride, input: input),
            against: ScalarRank(
              windowRows: rows, columns: columns, rank: round % 2 == 0 ? rows * columns - 1 : 0,
              sampleStep: step, rowStride: stride, input: input),
            set: set, widths: [1, 40, 129], rows: 11, seed: round)
          var wanted = ["running extremes"]
          if rows <= 8 { wanted.insert("extremes of rows", at: 0) }
          if (2...8).contains(rows), stride == 1 {
            wanted.insert("extremes of pairs of rows", at: 0)
          }
          #expect(Array(accepting.prefix(wanted.count)) == wanted)
        }
      }
    }
  }
}
