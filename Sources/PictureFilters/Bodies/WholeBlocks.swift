import Raster

/// A body that takes a block of columns at least, for calls of fewer too: their rows are copied and
/// filled up.
struct WholeBlocks: FilterBody {
  let inner: any FilterBody
  /// Columns of a block, in samples.
  let block: Int

  init(_ inner: any FilterBody, columns: Int) {
    self.inner = inner
    block = columns
  }

  var input: Element { inner.input }
  var output: Element { inner.output }
  var windowRows: Int { inner.windowRows }
  var rowStride: Int { inner.rowStride }
  var reachSamples: Int { inner.reachSamples }
  var preferredRows: Int { inner.preferredRows }
  var wastesShortCalls: Bool { inner.wastesShortCalls }
  var weightBytes: Int { inner.weightBytes }
  var summary: String { inner.summary }

  private var wholePitch: Int { rowPitch((block + reachSamples) * input.byteCount) }
  private var resultPitch: Int { rowPitch(block * output.byteCount) }

  func scratchBytes(rows: Int, width: Int) -> Int {
    let own = rowPitch(inner.scratchBytes(rows: rows, width: max(width, block)))
    guard width < block else { return own }
    let lines = inputRows(rows)
    return [lines.saturatingProduct(wholePitch + 8), rows * (resultPitch + 8)]
      .reduce(own) { $0.saturatingSum($1) }
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    guard width < block else {
      return inner.run(input, output, rows: rows, width: width, scratch: scratch)
    }
    let lines = inputRows(rows)
    let wide = scratch + rowPitch(inner.scratchBytes(rows: rows, width: block))
    let results = wide + lines * wholePitch
    let pointers = results + rows * resultPitch
    let from = pointers.bindMemory(to: UnsafeRawPointer.self, capacity: lines)
    let to = (pointers + 8 * lines).bindMemory(to: UnsafeMutableRawPointer.self, capacity: rows)
    let bytes = (width + reachSamples) * self.input.byteCount
    // Safety: `width + reachSamples` samples of each input row may be read, the rest is filled here.
    for line in 0..<lines {
      let copy = wide + line * wholePitch
      copy.copyMemory(from: input[line], byteCount: bytes)
      (copy + bytes).initializeMemory(as: UInt8.self, repeating: 0, count: wholePitch - bytes)
      from[line] = UnsafeRawPointer(copy)
    }
    for row in 0..<rows { to[row] = results + row * resultPitch }
    inner.run(from, to, rows: rows, width: block, scratch: scratch)
    for row in 0..<rows {
      output[row].copyMemory(from: to[row], byteCount: width * self.output.byteCount)
    }
  }
}
