internal import CConvKernels
import KernelLanguage
import Raster

/// `mean + deviation · (in − m) / max(s, floor)`, where m and s are the mean and the deviation of the
/// window: exact sums, which gain a row and lose one as windows move down.
package struct LocalMoments: FilterBody {
  let kernels: MicroKernels
  package let windowRows: Int
  let columns: Int
  let anchor: Kernel.Anchor
  let sampleStep: Int
  package let rowStride = 1
  package let input: Element
  let mean: Double
  let deviation: Double
  let floor: Double

  package init(
    rows: Int, columns: Int, anchor: Kernel.Anchor, sampleStep: Int, input: Element, mean: Double,
    deviation: Double, floor: Double, kernels: MicroKernels = .current
  ) {
    self.kernels = kernels
    windowRows = rows
    self.columns = columns
    self.anchor = anchor
    self.sampleStep = sampleStep
    self.input = input
    self.mean = mean
    self.deviation = deviation
    self.floor = floor
  }

  package var output: Element { input }
  package var reachSamples: Int { (columns - 1) * sampleStep }
  package var preferredRows: Int { max(64, 4 * windowRows) }
  package var summary: String { "mean and deviation by running sums" }

  /// Whether sums of squares fit 31 bits.
  private var isShort: Bool {
    input == .uint8 && windowRows * columns <= Int(Int32.max) / (255 * 255)
  }

  package func scratchBytes(rows: Int, width: Int) -> Int {
    16 * (width + reachSamples + sampleStep + Int(conv_local_slack))
  }

  package func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    if isShort {
      runShort(input, output, rows, width, scratch)
    } else if self.input == .uint8 {
      run(UInt8.self, input, output, rows, width, scratch)
    } else {
      run(UInt16.self, input, output, rows, width, scratch)
    }
  }

  /// Sums of columns, then sums of all columns up to each: a window's is the difference of two.
  private func runShort(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    _ rows: Int, _ width: Int, _ scratch: UnsafeMutableRawPointer
  ) {
    let held = width + reachSamples
    let pitch = held + sampleStep + Int(conv_local_slack)
    let words = scratch.bindMemory(to: UInt32.self, capacity: 4 * pitch)
    words.initialize(repeating: 0, count: 4 * pitch)
    let (sums, squares) = (words, words + pitch)
    let (sumsBefore, squaresBefore) = (words + 2 * pitch, words + 3 * pitch)
    func samples(_ row: Int) -> UnsafePointer<UInt8> {
      input[row].assumingMemoryBound(to: UInt8.self)
    }
    let table = kernels.table.pointee
    // Safety: rows hold `held` samples; prefixes begin with a zero for each channel and go on for the
    // slack. Sums wrap where they do not matter: those of windows fit.
    func add(_ row: Int) {
      let samples = samples(row)
      for x in 0..<held {
        let sample = UInt32(samples[x])
        sums[x] &+= sample
        squares[x] &+= sample &* sample
      }
    }
    for row in 0..<windowRows - 1 { add(row) }
    var moments = conv_moments(
      count: Double(windowRows * columns), mean: mean, deviation: deviation, floor: floor)
    for row in 0..<rows {
      if row == 0 {
        add(windowRows - 1)
      } else {
        table.local.moments_slide(
          samples(row + windowRows - 1), samples(row - 1), sums, squares, held)
      }
      table.prefix_u32(sums, sampleStep, sumsBefore + sampleStep, held)
      table.prefix_u32(squares, sampleStep, squaresBefore + sampleStep, held)
      table.local.moments_finish(
        sumsBefore, squaresBefore, columns * sampleStep,
        samples(row + anchor.y) + anchor.x * sampleStep, &moments,
        output[row].assumingMemoryBound(to: UInt8.self), width)
    }
  }

  private func run<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ input: UnsafePointer<UnsafeRawPointer>,
    _ output: UnsafePointer<UnsafeMutableRawPointer>, _ rows: Int, _ width: Int,
    _ scratch: UnsafeMutableRawPointer
  ) {
    let held = width + reachSamples
    let sums = scratch.bindMemory(to: Int.self, capacity: 2 * held)
    let squares = sums + held
    sums.initialize(repeating: 0, count: 2 * held)
    // Safety: rows hold `held` samples; sums stay below the bound that planning has checked.
    func add(_ row: Int, _ sign: Int) {
      let samples = input[row].assumingMemoryBound(to: Sample.self)
      for x in 0..<held {
        let sample = Int(truncatingIfNeeded: samples[x])
        sums[x] &+= sign &* sample
        squares[x] &+= sign &* sample &* sample
      }
    }
    for row in 0..<windowRows - 1 { add(row, 1) }
    let count = windowRows * columns
    let top = Double(Sample.max)
    for row in 0..<rows {
      add(row + windowRows - 1, 1)
      if row > 0 { add(row - 1, -1) }
      let own = input[row + anchor.y].assumingMemoryBound(to: Sample.self) + anchor.x * sampleStep
      let result = output[row].assumingMemoryBound(to: Sample.self)
      for channel in 0..<min(sampleStep, width) {
        var (sum, square) = (0, 0)
        for column in 0..<columns - 1 {
          sum &+= sums[channel + column * sampleStep]
          square &+= squares[channel + column * sampleStep]
        }
        for x in stride(from: channel, to: width, by: sampleStep) {
          sum &+= sums[x + reachSamples]
          square &+= squares[x + reachSamples]
          let difference = Double(count &* Int(truncatingIfNeeded: own[x]) &- sum)
          let variance = Double(count &* square &- sum &* sum)
          let level =
            mean + deviation * difference / max(variance.squareRoot(), floor * Double(count))
          result[x] = Sample(min(max((level + 0.5).rounded(.down), 0), top))
          sum &-= sums[x]
          square &-= squares[x]
        }
      }
    }
  }
}
