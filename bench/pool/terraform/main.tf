terraform {
  required_providers {
    docker = {
      source  = "kreuzwerker/docker"
      version = "~> 4.6"
    }
  }
}

variable "pool" {
  type = object({
    count       = number
    firstPort   = number
    perNetwork  = number
    image       = string
    environment = list(string)
    command     = list(string)
    label       = string
  })
}

provider "docker" {}

resource "docker_network" "pool" {
  count = ceil(var.pool.count / var.pool.perNetwork)

  name = "bench-pool-${count.index}"
  ipam_config {
    subnet  = "10.91.${2 * count.index}.0/23"
    gateway = "10.91.${2 * count.index}.1"
  }
  labels {
    label = var.pool.label
    value = "terraform"
  }
}

resource "docker_container" "app" {
  count = var.pool.count

  name    = "bench-app-${var.pool.firstPort + count.index}"
  image   = var.pool.image
  command = var.pool.command
  env     = var.pool.environment
  restart = "unless-stopped"
  networks_advanced {
    name = docker_network.pool[floor(count.index / var.pool.perNetwork)].name
  }
  ports {
    internal = 80
    external = var.pool.firstPort + count.index
    ip       = "127.0.0.1"
  }
  labels {
    label = var.pool.label
    value = "terraform"
  }
}
