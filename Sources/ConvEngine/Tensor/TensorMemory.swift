import Raster

/// Memory for the elements of a tensor: aligned to 64 bytes, zeroed, freed with its last reference.
///
/// Whoever writes it from several threads keeps their parts apart.
public final class TensorMemory<Element: BitwiseCopyable>: @unchecked Sendable {
  /// Number of elements (≥ 0).
  public let count: Int
  /// The first element.
  public let pointer: UnsafeMutablePointer<Element>

  public init(count: Int) {
    precondition(count >= 0, "a tensor has no negative size")
    self.count = count
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    precondition(!overflow, "a tensor fits the address space")
    // Safety: the memory is owned by this object alone; a trailing line lets micro-kernels read
    // (never use) up to one vector beyond the end.
    let raw = allocateZeroed(bytes: bytes + 128)
    pointer = raw.assumingMemoryBound(to: Element.self)
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  /// All elements.
  public var buffer: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }

  /// The element at `index`.
  public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "inside the tensor")
      return pointer[index]
    }
    set {
      precondition(index >= 0 && index < count, "inside the tensor")
      pointer[index] = newValue
    }
  }

  /// Sets all elements to `value`.
  public func fill(_ value: Element) { pointer.update(repeating: value, count: count) }
}
