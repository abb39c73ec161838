import Libc
import Synchronization

/// Numbers lent to tasks, so that each has scratch of its own.
final class Slots: Sendable {
  private let free: Mutex<[Int]>
  init(_ count: Int) { free = Mutex(Array(0..<count)) }
  func take() -> Int { free.withLock { $0.removeLast() } }
  func give(_ slot: Int) { free.withLock { $0.append(slot) } }
}

/// A number with so many digits behind the point.
func fixed(_ value: Double, _ digits: Int) -> String {
  let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
  let whole = Int((value * scale).rounded())
  guard digits > 0 else { return "\(whole)" }
  let text = "\(abs(whole))"
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  return (whole < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
}

/// exp(−x²/2σ²) for |x| ≤ ⌊4σ + ½⌋, with sum 1.
func gaussianFactor(_ sigma: Double) -> [Double] {
  let radius = Int(4 * sigma + 0.5)
  let values = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
  let sum = values.reduce(0, +)
  return values.map { $0 / sum }
}
