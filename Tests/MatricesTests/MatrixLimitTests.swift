import KernelLanguage
import Matrices
import Testing

@Suite("What a matrix takes")
struct MatrixLimitTests {
  private func run(_ grid: NumberGrid, _ spec: String) throws -> NumberGrid {
    try MatrixFilter([KernelSpec.parse(spec)]).run([grid])[0]
  }

  private func row(_ values: Double...) -> NumberGrid {
    NumberGrid(width: values.count, height: 1, values: values)
  }

  @Test(
    "refuses a pooling whose windows meet no number", arguments: ["maxpool", "minpool", "avgpool"])
  func emptyWindows(_ name: String) throws {
    for dilation in [2, 5, 10] {
      for padding in ["full", "full:zero"] {
        let spec = "\(name):size=3,padding=\(padding),dilation=\(dilation)"
        #expect(
          throws: FilterError.emptyWindow(
            stage: spec, axis: dilation == 2 ? "row" : "column", index: 2)
        ) { try run(row(1, 2), spec) }
      }
    }
    // One that meets some in every window is computed.
    #expect(try run(row(1, 2), "\(name):size=3,padding=full").values.allSatisfy(\.isFinite))
  }

  @Test("leaves out products with the zeros around, and nothing else")
  func zerosAround() throws {
    // SciPy: convolve2d(image, kernel, 'full'), flipped.
    let small = NumberGrid(width: 2, height: 2, values: [1, 2, 3, 4])
    let full = try run(small, "2x2: 1,2,3,4 :scale=1,padding=full")
    #expect(full.values == [4, 11, 6, 14, 30, 14, 6, 11, 4].map(Double.init))
    var windows: [WindowArithmetic] = []
    _ = try MatrixFilter([KernelSpec.parse("2x2: 1,2,3,4 :scale=1,padding=full")]).run([small]) {
      windows.append($0)
    }
    guard case .sum(let sum)? = windows.first?.form else {
      Issue.record("no sum")
      return
    }
    #expect(sum.terms.map(\.value) == [0, 0, 0, 1])
  }

  @Test("refuses what takes more time or memory than anybody has, before it begins")
  func limits() throws {
    let grid = NumberGrid(width: 3, height: 2, values: [1, 2, 3, 4, 5, 6])
    for spec in ["box:dilation=65535,padding=full", "gaussian:4000,padding=full"] {
      let error = #expect(throws: FilterError.self) { try run(grid, spec) }
      guard case .tooManyNumbers(spec, _, let most)? = error else {
        Issue.record("\(spec): \(String(describing: error))")
        continue
      }
      #expect(most == 2_097_152)
    }
    let spec = "box:101,padding=full:replicate"
    let long = NumberGrid(width: 500, height: 500, values: [Double](repeating: 1, count: 250_000))
    guard
      case .tooManySteps(spec, let steps, 1e9)? = #expect(
        throws: FilterError.self,
        performing: {
          try run(long, spec)
        })
    else {
      Issue.record("no limit of steps")
      return
    }
    // 600² results of 101² products each, and their rows.
    #expect(steps > 600 * 600 * 101 * 101 && steps < 600 * 600 * 101 * 101 * 1.2)
    #expect(
      throws: FilterError.tooManyTerms(stage: "box:71", terms: 430.0 * 430 * 71 * 71, most: 2e7)
    ) { try MatrixFilter([KernelSpec.parse("box:71")]).run([long]) { _ in } }
    let course = try MatrixFilter([KernelSpec.parse("box")]).course([long])
    #expect(course.memory >= 2 * 250_000 * 8 && course.memory < 1 << 28)
  }
}
