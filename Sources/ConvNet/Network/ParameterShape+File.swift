extension ParameterShape {
  /// Visits all values in the order of the file.
  ///
  /// - Parameter body: given the number of the value in the file and its place in memory.
  @inline(__always)
  private func visit(_ body: (Int, Int) -> Void) {
    var pitches = [Int](repeating: 1, count: memory.count)
    for axis in stride(from: memory.count - 2, through: 0, by: -1) {
      pitches[axis] = pitches[axis + 1] * memory[axis + 1]
    }
    let last = order[order.count - 1]
    let (length, step) = (memory[last], pitches[last])
    var indices = [Int](repeating: 0, count: memory.count)
    var (number, start) = (0, 0)
    while true {
      for index in 0..<length { body(number + index, start + index * step) }
      number += length
      // The axis before the last moves on; those that are at their end begin anew.
      var level = order.count - 2
      while level >= 0 {
        let axis = order[level]
        indices[axis] += 1
        start += pitches[axis]
        if indices[axis] < memory[axis] { break }
        start -= memory[axis] * pitches[axis]
        indices[axis] = 0
        level -= 1
      }
      if level < 0 { return }
    }
  }

  /// Values in the order of files (PyTorch's layouts).
  package func toFile(_ values: ArraySlice<Float>) -> [Float] {
    precondition(values.count == count, "one value a place")
    return [Float](unsafeUninitializedCapacity: count) { file, done in
      values.withUnsafeBufferPointer { memory in
        // Safety: the visit sees each number and each place once.
        visit { number, place in file[number] = memory[place] }
      }
      done = count
    }
  }

  /// Values in the order of memory.
  package func fromFile(_ values: [Float]) -> [Float] {
    precondition(values.count == count, "one value a place")
    return [Float](unsafeUninitializedCapacity: count) { memory, done in
      values.withUnsafeBufferPointer { file in
        // Safety: as above.
        visit { number, place in memory[place] = file[number] }
      }
      done = count
    }
  }
}
