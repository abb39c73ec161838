#if canImport(Glibc)
  import Glibc
#endif

/// Memory for the elements of a tensor: aligned to 64 bytes, zeroed, freed with its last reference.
///
/// From 4 MB on, the system is asked for huge pages: strided passes over activations touch hundreds
/// of pages at a time.
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
    let hugePage = 2 << 20
    let isLarge = bytes >= 2 * hugePage
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: bytes + 128, alignment: isLarge ? hugePage : 64)
    #if canImport(Glibc)
      if isLarge { madvise(raw, bytes / hugePage * hugePage, MADV_HUGEPAGE) }
    #endif
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes + 128)
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
