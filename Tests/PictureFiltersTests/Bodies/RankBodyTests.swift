import KernelLanguage
import PictureFilters
import Testing

/// A rank of a window, sample by sample.
private struct ScalarRank: FilterBody {
  let windowRows: Int
  let columns: Int
  let rank: Int
  let sampleStep: Int
  let rowStride = 1
  let input: Element
  var output: Element { input }
  var reachSamples: Int { (columns - 1) * sampleStep }
  var preferredRows: Int { 8 }
  var summary: String { "rank, sample by sample" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    for row in 0..<rows {
      for x in 0..<width {
        var values: [Int64] = []
        for j in 0..<windowRows {
          for i in 0..<columns {
            values.append(self.input.integer(input[row + j], x + i * sampleStep))
          }
        }
        self.output.store(values.sorted()[rank], output[row], x)
      }
    }
  }
}

/// Ranks by networks and by counts, on every instruction set, against sorted windows.
@Suite struct RankBodyTests {
  @Test(
    "medians by networks equal those of sorted windows", arguments: MicroKernels.available.indices)
  func networks(set: Int) {
    for side in [3, 5] {
      for input in [Element.uint8, .uint16] {
        for step in [1, 3, 4] {
          let kernels = MicroKernels.available[set]
          let body: any FilterBody =
            side == 3
            ? Median3(sampleStep: step, input: input, kernels: kernels)
            : Median5(sampleStep: step, input: input, kernels: kernels)
          checkBody(
            body,
            ScalarRank(
              windowRows: side, columns: side, rank: side * side / 2, sampleStep: step, input: input
            ),
            // Rows of 110 bytes and of 56 words are aligned alike: they go past the caches in pairs.
            widths: [1, 2, 31, 33, 56, 64, 110, 130], rows: 7, seed: side + step, extreme: step == 4
          )
        }
      }
    }
  }

  @Test("ranks by counts equal those of sorted windows", arguments: MicroKernels.available.indices)
  func counts(set: Int) {
    for (round, (rows, columns)) in [(1, 1), (7, 7), (2, 9), (12, 1), (4, 33), (17, 5)].enumerated()
    {
      let count = rows * columns
      for rank in Set([0, count / 2, count / 3, count - 1]) {
        let step = round % 4 + 1
        for extreme in [false, true] {
          func oracle(_ input: Element) -> ScalarRank {
            ScalarRank(
              windowRows: rows, columns: columns, rank: rank, sampleStep: step, input: input)
          }
          let kernels = MicroKernels.available[set]
          checkBodies(
            [
              ColumnCounts(
                rows: rows, columns: columns, rank: rank, sampleStep: step, kernels: kernels),
              WindowCounts(
                rows: rows, columns: columns, rank: rank, sampleStep: step, input: .uint8,
                kernels: kernels),
            ], oracle(.uint8), widths: [1, 40], rows: 4, seed: round, extreme: extreme)
          checkBody(
            WindowCounts(
              rows: rows, columns: columns, rank: rank, sampleStep: step, input: .uint16,
              kernels: kernels),
            oracle(.uint16), widths: [1, 40], rows: 4, seed: round, extreme: extreme)
        }
      }
    }
  }
}
